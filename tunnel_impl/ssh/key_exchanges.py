"""Key exchanges that paramiko leaves out, made of those that it has."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from paramiko import Message
from paramiko.kex_curve25519 import KexCurve25519
from paramiko.kex_ecdh_nist import KexNistp256, KexNistp384, KexNistp521
from paramiko.kex_gex import KexGexSHA256
from paramiko.kex_group14 import KexGroup14SHA256
from paramiko.kex_group16 import KexGroup16SHA512
from paramiko.kex_mlkem import KexMLKEM768X25519

from tunnel_impl.ssh.sntrup761 import CIPHERTEXT_BYTES, PrivateKey

_INIT, _REPLY = b"\x1e", 31
_POINT = 32
_GROUP18 = int(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef95"
    "19b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb"
    "5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3"
    "ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e8603"
    "9b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33"
    "170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e0"
    "4a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad9"
    "46e208e24fa074e5ab3143db5bfce0fd108e4b82d120a92108011a723c12a787e6d788719a10bdba5b2699c327186af4e23c"
    "1a946834b6150bda2583e9ca2ad44ce8dbbbc2db04de8ef92e8efc141fbecaa6287c59474e6bc05d99b2964fa090c3a2233b"
    "a186515be7ed1f612970cee2d7afb81bdd762170481cd0069127d5b05aa993b4ea988d8fddc186ffb7dc90a6c08f4df435c9"
    "3402849236c3fab4d27c7026c1d4dcb2602646dec9751e763dba37bdf8ff9406ad9e530ee5db382f413001aeb06a53ed9027"
    "d831179727b0865a8918da3edbebcf9b14ed44ce6cbaced4bb1bdb7f1447e6cc254b332051512bd7af426fb8f401378cd2bf"
    "5983ca01c64b92ecf032ea15d1721d03f482d7ce6e74fef6d55e702f46980c82b5a84031900b1c9e59e7c97fbec7e8f323a9"
    "7a7e36cc88be0f1d45b7ff585ac54bd407b22b4154aacc8f6d7ebf48e1d814cc5ed20f8037e0a79715eef29be32806a1d58b"
    "b7c5da76f550aa3d8a1fbff0eb19ccb1a313d55cda56c9ec2ef29632387fe8d76e3c0468043e8f663f4860ee12bf2d5b0b74"
    "74d6e694f91e6dbe115974a3926f12fee5e438777cb6a932df8cd8bec4d073b931ba3bc832b68d9dd300741fa7bf8afc47ed"
    "2576f6936ba424663aab639c5ae4f5683423b4742bf1c978238f16cbe39d652de3fdb8befc848ad922222e04a4037c0713eb"
    "57a81a23f0c73473fc646cea306b4bcbc8862f8385ddfa9d4b7fa2c087e879683303ed5bdd3a062b3cf5b3a278a66d2a13f8"
    "3f44f82ddf310ee074ab6a364597e899a0255dc164f31cc50846851df9ab48195ded7ea1b1d510bd7ee74d73faf36bc31ecf"
    "a268359046f4eb879f924009438b481c6cd7889a002ed5ee382bc9190da6fc026e479558e4475677e9aa9e3050e2765694df"
    "c81f56e880b96e7160c980dd98edd3dfffffffffffffffff",
    16,
)


class Group18(KexGroup16SHA512):
    """``diffie-hellman-group18-sha512``: RFC 8268, with the prime of RFC 3526 section 7."""

    P = _GROUP18


class _Hybrid(KexMLKEM768X25519):
    """The part of it that others are built with; the stubs know its own key only."""

    mlkem_key: Any
    transport: Any


class Sntrup761(_Hybrid):
    """``sntrup761x25519-sha512``: built like the hybrid with ML-KEM, with another lattice and another hash."""

    hash_algo: ClassVar[Any] = hashlib.sha512
    _MLKEM_CIPHERTEXT_BYTES = CIPHERTEXT_BYTES
    _S_REPLY_BYTES = CIPHERTEXT_BYTES + _POINT

    def start_kex(self) -> None:
        """Send both public keys."""
        self.x25519_key = X25519PrivateKey.generate()
        self.mlkem_key = PrivateKey()
        message = Message()
        message.add_byte(_INIT)
        message.add_string(self.mlkem_key.public_bytes_raw() + self.x25519_key.public_key().public_bytes_raw())
        self.transport._send_message(message)  # noqa: SLF001 -- how paramiko's key exchanges send
        self.transport._expect_packet(_REPLY)  # noqa: SLF001


KEY_EXCHANGES: dict[str, type[Any]] = {
    "curve25519-sha256": KexCurve25519,
    "curve25519-sha256@libssh.org": KexCurve25519,
    **({"mlkem768x25519-sha256": KexMLKEM768X25519} if KexMLKEM768X25519.is_available() else {}),
    "ecdh-sha2-nistp256": KexNistp256,
    "ecdh-sha2-nistp384": KexNistp384,
    "ecdh-sha2-nistp521": KexNistp521,
    "diffie-hellman-group14-sha256": KexGroup14SHA256,
    "diffie-hellman-group16-sha512": KexGroup16SHA512,
    "diffie-hellman-group-exchange-sha256": KexGexSHA256,
    "diffie-hellman-group18-sha512": Group18,
    "sntrup761x25519-sha512": Sntrup761,
    "sntrup761x25519-sha512@openssh.com": Sntrup761,
}
"""The key exchanges by name, in the order in which they are wanted: docs/algorithms.md has the measurements.

ML-KEM is there where the cryptography package has it, from release 47 on.
"""
