"""Names and passwords of users with characters that a careless tunnel changes."""

from __future__ import annotations

from typing import Literal

Form = Literal["plain", "blanks", "umlauts", "capitals", "long"]
"""``long`` is 100 characters, beyond the 72 bytes of bcrypt."""
_LONG = 100
_UMLAUTS = "äöüß€"
"""The euro sign is not in ISO 8859-1; all are in their composed form, so that no normalization changes them."""


def written_user(plain: str, form: Form) -> str:
    """Return the user name ``plain`` in ``form``; blanks are within it."""
    match form:
        case "plain":
            return plain
        case "blanks":
            return plain.replace("-", " ")
        case "umlauts":
            return plain + _UMLAUTS
        case "capitals":
            return plain.title()
        case "long":
            return plain.ljust(_LONG, "x")


def written_password(plain: str, form: Form) -> str:
    """Return the password ``plain`` in ``form``; blanks are within it and at both ends."""
    match form:
        case "plain":
            return plain
        case "blanks":
            half = len(plain) // 2
            return f" {plain[:half]}  {plain[half:]} "
        case "umlauts":
            return plain + _UMLAUTS
        case "capitals":
            return plain.upper()
        case "long":
            return (plain * _LONG)[:_LONG]
