"""Secrets of authenticator apps: base32 as people paste it."""

from __future__ import annotations

import base64
import binascii
import re

_ALPHABET = re.compile(r"[A-Za-z2-7]+")
_GROUP = 8


def decode_secret(text: str) -> bytes:
    """Return the key that a base32 text stands for (RFC 4648 §6); case, spaces, dashes and padding do not matter.

    Raises ValueError, which does not quote the text, when it is empty or no base32.
    """
    letters = re.sub(r"[\s-]", "", text).rstrip("=")
    if not _ALPHABET.fullmatch(letters):
        raise ValueError("it is not base32 (letters A to Z and digits 2 to 7)")
    try:
        return base64.b32decode(letters.upper() + "=" * (-len(letters) % _GROUP))
    except binascii.Error:
        raise ValueError("it is incomplete") from None
