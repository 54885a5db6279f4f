"""Times of sshd_config(5), scaled: sshd knows whole seconds only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.repro.scale import Scale

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PIECE = re.compile(r"(\d+)([smhdw]?)", re.IGNORECASE)
_TIME = re.compile(r"(\d+[smhdw]?)+", re.IGNORECASE)
TIMES = ("ClientAliveInterval", "ChannelTimeout")
"""The keywords whose times can end a connection that is open; all others are played as they stand."""
_BY_LOWER = {name.lower(): name for name in TIMES}


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
            f"{text!r} is not a time of sshd_config(5): write a number and one of s, m, h, d, w, such as 5m"
        )
    return float(sum(int(number) * _UNITS[unit.lower()] for number, unit in _PIECE.findall(text)))
