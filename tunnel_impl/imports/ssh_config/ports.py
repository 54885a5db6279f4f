"""Ports as ssh(1) reads them: a number, or the name of a service."""

from __future__ import annotations

import re
import socket

_HIGHEST = 65535
_NUMBER = re.compile(r"\+?[0-9]{1,20}")


def port_of(text: str) -> int | None:
    """Return the port from 1 up to 65535, None where there is none of this number or name (services(5))."""
    if _NUMBER.fullmatch(text):
        number = int(text)
    else:
        try:
            number = socket.getservbyname(text, "tcp")
        except (OSError, ValueError):
            return None
    return number if 1 <= number <= _HIGHEST else None
