"""Patterns of ssh_config(5), section PATTERNS: ``*``, ``?`` and negation by ``!``. Sets in brackets are not special."""

from __future__ import annotations

from collections.abc import Iterable


def matches(name: str, pattern: str) -> bool:
    """Tell whether ``name`` matches one ``pattern``, letter case as written.

    Takes at most ``len(name) * len(pattern)`` steps: only the last ``*`` is ever tried again.
    """
    at = position = 0
    star, resume = -1, 0
    while at < len(name):
        wanted = pattern[position : position + 1]
        if wanted == "*":
            star, resume = position, at
            position += 1
        elif wanted and wanted in ("?", name[at]):
            at, position = at + 1, position + 1
        elif star >= 0:
            resume += 1
            at, position = resume, star + 1
        else:
            return False
    return not pattern[position:].strip("*")


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether ``name`` matches one of ``patterns`` and none of those that ``!`` negates."""
    found = False
    for pattern in patterns:
        if pattern.startswith("!"):
            if matches(name, pattern[1:]):
                return False
        else:
            found = found or matches(name, pattern)
    return found
