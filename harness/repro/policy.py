"""Keywords of sshd_config(5), and their times, scaled: sshd knows whole seconds only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.repro.scale import Scale

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PIECE = re.compile(r"(\d{1,9})([smhdw]?)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,9}[smhdw]?){1,9}", re.IGNORECASE)
TIMES = ("ClientAliveInterval", "ChannelTimeout")
"""The keywords whose times can end a connection that is open; all others are played as they stand."""
_BY_LOWER = {name.lower(): name for name in TIMES}

MODERN = {
    "Ciphers": (
        "chacha20-poly1305@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-gcm@openssh.com",
        "aes256-ctr",
        "aes192-ctr",
        "aes128-ctr",
    ),
    "MACs": (
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "umac-128-etm@openssh.com",
        "umac-64-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
        "umac-64@openssh.com",
        "umac-128@openssh.com",
    ),
    "KexAlgorithms": (
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "sntrup761x25519-sha512@openssh.com",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
        "diffie-hellman-group-exchange-sha256",
    ),
    "HostKeyAlgorithms": ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"),
}
"""What OpenSSH 9 offers by default, and a tunnel must (KEX-1), the best first."""
STARTUPS = "MaxStartups"
BREAKS = (*TIMES, *MODERN, STARTUPS)
"""The keywords that can break something by themselves."""
_AT_LOGIN = {name.lower(): name for name in (*MODERN, STARTUPS)}


def at_login(keywords: Mapping[str, str]) -> tuple[str, ...]:
    """Return those of ``keywords`` that may keep a tunnel out, as sshd_config(5) spells them."""
    return tuple(_AT_LOGIN[name.lower()] for name in keywords if name.lower() in _AT_LOGIN)


def modern(name: str, keywords: Mapping[str, str]) -> bool:
    """Return whether the list ``name`` of ``keywords`` has an algorithm that a tunnel must offer."""
    if name not in MODERN:
        return True
    given = next(text for said, text in keywords.items() if said.lower() == name.lower())
    return bool(set(MODERN[name]) & set(given.split(",")))


def shortest(keywords: Mapping[str, str]) -> tuple[float, ...]:
    """Return the seconds that stand in ``keywords``, those that are off left out. Raises ValueError."""
    found = [
        _seconds(value.rpartition("=")[2])
        for name, text in keywords.items()
        if name.lower() in _BY_LOWER
        for value in text.split()
    ]
    return tuple(seconds for seconds in found if seconds)


def scaled(keywords: Mapping[str, str], scale: Scale) -> dict[str, str]:
    """Return ``keywords`` with their times scaled, to whole seconds and 1 s at least. Raises ValueError."""
    return {
        name: " ".join(_scaled(_BY_LOWER[name.lower()], value, scale) for value in text.split())
        if name.lower() in _BY_LOWER
        else text
        for name, text in keywords.items()
    }


def _scaled(name: str, value: str, scale: Scale) -> str:
    kind, equals, time = value.rpartition("=")
    played = scale.play(f"{name} {kind}".rstrip(), _seconds(time), least=1.0, whole=True)
    return f"{kind}{equals}{played:.0f}"


def _seconds(text: str) -> float:
    if text.lower() in {"none", "no"}:
        return 0.0
    if not _TIME.fullmatch(text):
        raise ValueError(
            f"{text[:40]!r} is not a time of sshd_config(5): write a number and one of s, m, h, d, w, such as 5m"
        )
    return float(sum(int(number) * _UNITS[unit.lower()] for number, unit in _PIECE.findall(text)))
