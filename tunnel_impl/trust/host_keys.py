"""Decides whether a server's host key may be trusted, before any credential is sent."""

from __future__ import annotations

from typing import Literal

from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import Hop, HostKeys
from tunnel_impl.questions import HostKeyQuestion, Questioner
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_certificates import SUFFIX, HostCertificate
from tunnel_impl.trust.known_hosts import Known, KnownHosts, StoredKey

_ALGORITHMS: dict[str, tuple[str, ...]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
_BEST = "ssh-ed25519"


class HostKeyChecker:
    """Checks one hop's key against known_hosts, under the hop's own name and port, and asks where it must."""

    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        self.policy = policy
        self.questioner = questioner
        self.known_hosts = KnownHosts(policy.file)

    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        """Return the host key algorithms to offer, as ssh orders them (OpenSSH's sshconnect2.c, order_hostkeyalgs).

        Those of stored keys come first, in the order of preference; with a stored key of the type that is preferred
        to all others, the order is left as it is. Certificates come before all, and only where an authority for the
        server is on file.
        """
        known = self.known_hosts.lookup(*hop.key_place)
        stored = {key.type for key in known.keys}
        types = [*_ALGORITHMS]
        if _BEST not in stored:
            types.sort(key=lambda key_type: key_type not in stored)
        plain = tuple(name for key_type in types for name in _ALGORITHMS[key_type])
        return (*(name + SUFFIX for name in plain), *plain) if known.authorities else plain

    def check(self, session: Session, hop: Hop, index: int) -> None:
        """Return when the key may be trusted.

        Raises TunnelError ``host-key-unknown`` or ``host-key-changed`` when it may not, ``cancelled`` when the
        user gives up.
        """
        key, shown = session.host_key_seen(), session.host_certificate_seen()
        known = self.known_hosts.lookup(*hop.key_place)
        certificate = HostCertificate.read(shown) if shown else None
        for held in (key, certificate.authority) if certificate else (key,):
            if held in known.revoked:
                raise self._revoked(hop, index, held)
        if certificate and self.vouches(certificate, hop, known):
            return
        if key in known.keys:
            return
        if known.keys:
            same_type = [one for one in known.keys if one.type == key.type]
            self.settle(session, hop, index, key, (same_type or list(known.keys))[0])
        elif key not in known.keys_without_port:
            self.settle(session, hop, index, key, None)

    def vouches(self, certificate: HostCertificate, hop: Hop, known: Known) -> bool:
        """Tell whether an authority on file signed this certificate for this server; else its key counts alone."""
        return certificate.authority in known.authorities and certificate.objection(hop.key_place[0]) is None

    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        """Ask the user about a key that is not on file, and store it when it is accepted. Raises TunnelError."""
        if stored is None and self.policy.unknown == "reject":
            raise self.refusal(hop, index, key, stored)
        answer = self.questioner.put(self.question(hop, index, key, stored), session)
        if answer != "accept":
            raise self.refusal(hop, index, key, stored)
        if stored:
            self.known_hosts.replace(*hop.key_place, stored, key)
        else:
            self.known_hosts.store(*hop.key_place, key)

    def question(self, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> HostKeyQuestion:
        """Return what the user is asked about a key; ``stored`` is the one in whose place it would come."""
        status: Literal["unknown", "changed"] = "changed" if stored else "unknown"
        known = stored.fingerprint if stored else None
        return HostKeyQuestion(index, hop.host, hop.port, key.type, key.fingerprint, status, known)

    def _revoked(self, hop: Hop, index: int, key: StoredKey) -> TunnelError:
        advice = f"{hop} shows a key that {self.policy.file} marks as revoked ({key.fingerprint}); do not connect"
        return TunnelError("host-key-changed", f"{advice}, and ask the server's administrator for its new key.", index)

    def refusal(self, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> TunnelError:
        """Return the error that tells the user of a key that is not trusted."""
        shown = f"{key.type} {key.fingerprint}"
        if stored is None:
            advice = f"The host key of {hop} is not known ({shown}); compare it with its administrator, then accept it."
            return TunnelError("host-key-unknown", advice, index)
        advice = (
            f"The host key of {hop} has changed: it shows {shown}, {self.policy.file} has {stored.type} "
            f"{stored.fingerprint}. Someone may be listening in, or the server was reinstalled: ask its "
            "administrator, and accept the new key only when it is theirs."
        )
        return TunnelError("host-key-changed", advice, index)
