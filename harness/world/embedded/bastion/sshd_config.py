"""Values of sshd_config(5), as an embedded bastion reads them; what it could not obey to the letter is a ValueError."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_CHANNELS = (
    "agent-connection",
    "direct-streamlocal@openssh.com",
    "direct-tcpip",
    "forwarded-streamlocal@openssh.com",
    "forwarded-tcpip",
    "session",
    "tun-connection",
    "x11-connection",
)
"""The types that ChannelTimeout knows."""
CERTIFICATE = "-cert-v01@openssh.com"
"""Ends the name of the algorithm of a certificate ([PROTOCOL.certkeys] of OpenSSH)."""
_PLAIN = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
ACCEPTED = (*_PLAIN, *(f"{name}{CERTIFICATE}" for name in _PLAIN))
"""PubkeyAcceptedAlgorithms as in OpenSSH since 8.8: no ssh-rsa, which signs with SHA-1."""
SIGNATURES = (*_PLAIN, "ssh-rsa")
"""What is announced in server-sig-algs (RFC 8308): as sshd before 9.6 does, whatever PubkeyAcceptedAlgorithms says."""
_KNOWN = (*ACCEPTED, "ssh-rsa", f"ssh-rsa{CERTIFICATE}")


def ciphers() -> frozenset[str]:
    """Return the names of what asyncssh has, which the harness need not load before somebody asks for one."""
    from asyncssh import encryption

    return frozenset(name.decode() for name in encryption.get_encryption_algs())


def macs() -> frozenset[str]:
    """Return the names of what asyncssh has."""
    from asyncssh import mac

    return frozenset(name.decode() for name in mac.get_mac_algs())


def key_exchanges() -> frozenset[str]:
    """Return the names of what asyncssh has."""
    from asyncssh import kex

    return frozenset(name.decode() for name in kex.get_kex_algs())


def said(text: str | None) -> bool | None:
    """Read yes or no; None where nothing was said."""
    return None if text is None else text == "yes"


def seconds(text: str) -> int:
    """Read a time, such as ``1m30s``; ``none`` is 0."""
    return 0 if text == "none" else _measure(text, _SECONDS)


def size(text: str) -> int:
    """Read a number of bytes, such as ``1G``."""
    return _measure(text, _BYTES)


def channel_timeouts(text: str) -> dict[str, int]:
    """Read ChannelTimeout: ``type=interval`` pairs, in seconds; a type may not have wildcards."""
    timeouts: dict[str, int] = {}
    for pair in [] if text == "none" else text.split():
        channel, _, interval = pair.partition("=")
        if channel not in _CHANNELS:
            raise ValueError(f"ChannelTimeout of {channel!r}: the embedded bastion knows {', '.join(_CHANNELS)}")
        timeouts.setdefault(channel, seconds(interval))
    return timeouts


def startups(text: str) -> int:
    """Read MaxStartups, ``n`` or ``start:100:full``: how many may log in at once before the next is dropped."""
    match = re.fullmatch(r"(\d+)(?::(\d+):(\d+))?", text)
    if match is None or int(match[1]) == 0 or (match[3] and int(match[3]) < int(match[1])):
        raise ValueError(f"MaxStartups {text} is neither a number nor start:rate:full")
    if match[2] not in {None, "100"}:
        raise ValueError(f"MaxStartups {text} drops at random; write the rate 100, so that every run is the same")
    return int(match[1])


def names(keyword: str, given: Mapping[str, str], known: Callable[[], Collection[str]]) -> tuple[str, ...]:
    """Read a list of algorithms; empty where nothing was said. Neither patterns nor changes to the default list.

    Raises ValueError for a name that is not ``known``.
    """
    if keyword not in given:
        return ()
    read = tuple(given[keyword].split(","))
    if unknown := [name for name in read if name not in known()]:
        raise ValueError(f"{keyword}: the embedded bastion has no {unknown[0]!r}; it has {', '.join(sorted(known()))}")
    return read


def key_algorithms(keyword: str, given: Mapping[str, str]) -> tuple[str, ...]:
    """Read a list of algorithms of keys, certificates and signatures, as :func:`names` does."""
    return names(keyword, given, lambda: _KNOWN)


def compression(text: str) -> bool:
    """Read Compression; ``delayed`` is a synonym of ``yes``. Raises ValueError for anything but those and ``no``."""
    if text not in {"yes", "delayed", "no"}:
        raise ValueError(f"Compression {text}: write yes, delayed or no")
    return text != "no"


def _measure(text: str, units: Mapping[str, int]) -> int:
    pieces = re.findall(r"(\d+)([A-Za-z]?)", text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        raise ValueError(f"{text!r} is not a number with an sshd_config unit ({', '.join(filter(None, units))})")
    try:
        return sum(int(number) * units[unit] for number, unit in pieces)
    except KeyError as error:
        raise ValueError(f"{text!r} has the unknown unit {error.args[0]}") from error
