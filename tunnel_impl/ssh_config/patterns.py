"""Patterns of ssh_config(5), section PATTERNS: ``*``, ``?`` and negation by ``!``. Sets in brackets are not special."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(one, re.escape(one)) for one in re.sub(r"\*+", "*", pattern)), re.DOTALL)


def matches(name: str, pattern: str) -> bool:
    """Tell whether ``name`` matches one ``pattern``, letter case as written."""
    return _compiled(pattern).fullmatch(name) is not None


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
