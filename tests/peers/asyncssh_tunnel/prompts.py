"""Who answers a prompt of keyboard-interactive (RFC 4256): the profile, the code's secret, or the person."""

from __future__ import annotations

import re

_CODE = re.compile(r"code|passcode|\botp\b|token|one[- ]?time|factor|authenticator", re.IGNORECASE)
_PASSWORD = re.compile(r"password", re.IGNORECASE)
_OTHER = re.compile(r"\b(new|old|retype|again|change)\b", re.IGNORECASE)


def asks_code(text: str) -> bool:
    """Tell whether a one-time code is wanted."""
    return _CODE.search(text) is not None


def asks_password(text: str) -> bool:
    """Tell whether the account's password is wanted, and neither a code nor a new password."""
    return _PASSWORD.search(text) is not None and not asks_code(text) and not _OTHER.search(text)
