"""Host certificates (OpenSSH's PROTOCOL.certkeys): a host key that an authority on file vouches for."""

from __future__ import annotations

import base64
import time
from fnmatch import fnmatchcase

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificate,
    SSHCertificateType,
    load_ssh_public_identity,
)
from paramiko import Message

from tunnel_impl.ssh.public_keys import StoredKey

SUFFIX = "-cert-v01@openssh.com"
_FEWEST_BITS = 1024


class HostCertificate:
    """A certificate that a server showed; ``authority`` is the key that is said to have signed it."""

    def __init__(self, certificate: SSHCertificate) -> None:
        self._certificate = certificate
        self.authority = _signer(certificate)

    @classmethod
    def read(cls, blob: bytes) -> HostCertificate | None:
        """Read a certificate as the protocol writes it; None when it makes no sense, and its key counts alone."""
        line = StoredKey(Message(blob).get_string().decode(errors="replace"), blob).line
        try:
            identity = load_ssh_public_identity(line.encode())
            return cls(identity) if isinstance(identity, SSHCertificate) else None
        except (ValueError, UnsupportedAlgorithm):
            return None

    def objection(self, host: str) -> str | None:
        """Return why the certificate is not good for ``host`` now, None when it is; who signed it is another matter."""
        certificate = self._certificate
        if certificate.type is not SSHCertificateType.HOST:
            return "it is a user's, not a server's"
        if not certificate.valid_after <= time.time() < certificate.valid_before:
            return "it is not valid at this time"
        if certificate.critical_options:
            return "it has options that are unknown here"
        names = [name.decode(errors="replace").lower() for name in certificate.valid_principals]
        if names and not any(fnmatchcase(host.lower(), name.replace("[", "[[]")) for name in names):
            return f"it is for {', '.join(names)}"
        return None if self._is_signed() else "its signature is wrong"

    def _is_signed(self) -> bool:
        """Check the signature; those of RSA must not be made with SHA-1 (ssh_config(5), CASignatureAlgorithms)."""
        key = self._certificate.signature_key()
        if isinstance(key, RSAPublicKey) and key.key_size < _FEWEST_BITS:
            return False
        if bytes(self._certificate._inner_sig_type) == b"ssh-rsa":  # noqa: SLF001 -- the package does not tell otherwise
            return False
        try:
            self._certificate.verify_cert_signature()
        except (InvalidSignature, ValueError):
            return False
        return True


def _signer(certificate: SSHCertificate) -> StoredKey:
    kind, blob = certificate.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()
    return StoredKey(kind.decode(), base64.b64decode(blob))
