"""How a user logs in, in the words of scenario files."""

from __future__ import annotations

from typing import Any, Literal

LoginWay = Literal["key", "password", "password+code", "agent"]

CODE = "password+code"
PERIOD = 30.0
"""Seconds for which a one-time code is good: who has used one waits for the next."""
_MOST_CODES = 50


def tunnel_of(way: LoginWay) -> dict[str, Any]:
    """Return what the tunnel is told. The user has a code on the phone, and types it in when asked."""
    if way == CODE:
        return {"auth": "keyboard-interactive", "totp": {"mode": "prompt"}}
    return {"auth": way}


def bastion_of(way: LoginWay) -> dict[str, Any]:
    """Return what the server asks."""
    return {"methods": "keyboard-interactive", "dialogue": [["password"], ["code"]]} if way == CODE else {}


def answers_of(way: LoginWay) -> dict[str, Any]:
    """Return what the user answers."""
    return {"prompts": ["code"] * _MOST_CODES} if way == CODE else {}
