"""Which algorithms a session offers, and what both sides have in common (RFC 4253 §7.1).

They are those that OpenSSH 9 offers by default. SHA-1 and CBC stay out by policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from paramiko import Message, SSHException

from tunnel_impl.ssh.key_exchanges import KEY_EXCHANGES
from tunnel_impl.ssh.protection import AEAD, COUNTER, MACS

CIPHERS: Final = (*AEAD, *COUNTER)
COMPRESSIONS: Final = ("none", "zlib@openssh.com")
_STRICT: Final = "kex-strict-s-v00@openssh.com"
_EXTENSIONS: Final = "ext-info-s"
_WEAK = re.compile(r"sha1\b|-cbc\b|-cbc@|md5|^3des|^arcfour|^ssh-rsa$|^ssh-dss$|ripemd160|^blowfish|^cast128|^des")
_COOKIE: Final = 16
_LONGEST_LIST: Final = 400


class NothingInCommon(SSHException):
    """Both sides have nothing in common of one kind; the message says what each wanted, and what to do."""

    def __init__(self, kind: str, theirs: tuple[str, ...], ours: tuple[str, ...]) -> None:
        weak = ours and theirs and all(_WEAK.search(name) for name in theirs)
        policy = " SHA-1, MD5, CBC and DSA are excluded by policy, because they are not safe." if weak else ""
        super().__init__(
            f"there is no {kind} in common: it offers {_listed(theirs)}; this tunnel accepts {_listed(ours)}.{policy} "
            "Ask its administrator to allow one of these"
        )


def _listed(names: tuple[str, ...]) -> str:
    printable = (re.sub(r"[^\x21-\x7e]", "?", name) for name in names)
    text = ", ".join(name for name in printable if name) or "none"
    return text if len(text) <= _LONGEST_LIST else f"{text[:_LONGEST_LIST]} …"


@dataclass(frozen=True)
class Offer:
    """The algorithms of one side, by kind, each list in the order in which they are wanted. ``to_`` are directions."""

    kex: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers_to_server: tuple[str, ...]
    ciphers_to_client: tuple[str, ...]
    macs_to_server: tuple[str, ...]
    macs_to_client: tuple[str, ...]
    compressions_to_server: tuple[str, ...]
    compressions_to_client: tuple[str, ...]

    @classmethod
    def read(cls, message: Message) -> Offer:
        """Read the lists of a KEXINIT. Names that are not ASCII are kept so that nothing equals them."""
        message.get_bytes(_COOKIE)
        lists = [message.get_string().decode("ascii", "replace").split(",") for _ in range(10)]
        message.get_boolean()
        message.get_int()
        return cls(*(tuple(names) for names in lists[:8]))

    @property
    def strict(self) -> bool:
        """Whether the server takes part in strict key exchange (OpenSSH's PROTOCOL §1.9)."""
        return _STRICT in self.kex


@dataclass(frozen=True)
class Agreement:
    """What both sides use from the next keys on."""

    kex: str
    host_key: str
    cipher_to_server: str
    cipher_to_client: str
    mac_to_server: str
    mac_to_client: str
    compression_to_server: str
    compression_to_client: str


def agree(theirs: Offer, host_keys: tuple[str, ...]) -> Agreement:
    """Return the first of ours that the server has too, of each kind. Raises NothingInCommon.

    A MAC is only looked for where the cipher needs one.
    """
    to_server = _first("cipher", CIPHERS, theirs.ciphers_to_server)
    to_client = _first("cipher", CIPHERS, theirs.ciphers_to_client)
    macs = tuple(MACS)
    named = tuple(name for name in theirs.kex if name not in {_STRICT, _EXTENSIONS})
    return Agreement(
        kex=_first("key exchange", tuple(KEY_EXCHANGES), named),
        host_key=_first("host key algorithm", host_keys, theirs.host_keys),
        cipher_to_server=to_server,
        cipher_to_client=to_client,
        mac_to_server="" if to_server in AEAD else _first("MAC", macs, theirs.macs_to_server),
        mac_to_client="" if to_client in AEAD else _first("MAC", macs, theirs.macs_to_client),
        compression_to_server=_first("compression", COMPRESSIONS, theirs.compressions_to_server),
        compression_to_client=_first("compression", COMPRESSIONS, theirs.compressions_to_client),
    )


def _first(kind: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    for name in ours:
        if name in theirs:
            return name
    raise NothingInCommon(kind, theirs, ours)
