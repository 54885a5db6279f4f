"""Names the SHA-1 algorithm in its RSA signatures, which servers refuse since OpenSSH 8.8 (RFC 8332 section 3)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/key[rsa-openssh]": {"step": "open", "observed": "auth-failed"},
}


class Mislabelled:
    def __init__(self, key: Signer) -> None:
        self.type, self.blob, self._key = key.type, key.blob, key

    def sign(self, data: bytes, algorithm: str) -> bytes:
        signature = self._key.sign(data, algorithm)
        return b"\0\0\0\x07ssh-rsa" + signature[4 + len(algorithm) :]


class Outdated(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        super().log_in(session, tuple(Mislabelled(key) if key.type == "ssh-rsa" else key for key in signers))


class Faulty(Tunnel):
    parts = Parts(authenticator=Outdated)


if __name__ == "__main__":
    serve(Faulty, "labels_rsa_signatures_ssh_rsa")
