"""What a server shows before the login (RFC 4252 §5.4): a notice, or the address of a page to log in at."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = {"\n", "\t"}
_HARMFUL = {"Cc", "Cf", "Zl", "Zp"}
_HARMLESS_FORMATS = {"\u200c", "\u200d"}
"""Joiners, which the spelling of some languages needs."""


@dataclass(frozen=True)
class Banner:
    """The words of the server at ``hop``, safe to be shown by a terminal."""

    hop: int
    text: str


OnBanner = Callable[[Banner], None]


def harmless(text: str) -> str:
    r"""Return ``text`` word for word; what could steer a terminal or turn its order round is written as ``\x1b``."""
    return "".join(one if _may_stay(one) else _escaped(one) for one in text.replace("\r\n", "\n"))


def _may_stay(one: str) -> bool:
    return one in _KEPT or one in _HARMLESS_FORMATS or unicodedata.category(one) not in _HARMFUL


def _escaped(one: str) -> str:
    return one.encode("unicode_escape").decode("ascii")
