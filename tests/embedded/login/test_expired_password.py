"""SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (RFC 4252, section 8), seen by a client that answers it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncssh
import pytest


class Changing(asyncssh.SSHClient):
    """Logs in with the old password and gives a new one."""

    def __init__(self, old: str, new: str) -> None:
        self._old = old
        self._new = new
        self.asked = ""

    def password_auth_requested(self) -> str:
        return self._old

    def password_change_requested(self, prompt: str, lang: str) -> tuple[str, str]:  # noqa: ARG002 -- asyncssh's signature
        self.asked = prompt
        return self._old, self._new


@pytest.fixture
def expired(world: Any, timeline: Any, setup: Any) -> Any:
    """Give the world with a bastion whose user's password has expired."""
    world.begin(timeline, {"bastion": replace(setup, password_expired=True, authorized_keys=())})
    return world


def log_in(world: Any, old: str, new: str) -> tuple[bool, str]:
    """Return whether the client got in, and what it was asked; it tries until it is turned away."""
    client = Changing(old, new)

    async def connect() -> bool:
        try:
            async with asyncssh.connect(
                *world.address("bastion"),
                username="alice",
                client_factory=lambda: client,
                preferred_auth="password",
                client_keys=None,
                known_hosts=None,
                config=None,
                agent_path=None,
            ):
                return True
        except asyncssh.DisconnectError:
            return False

    return asyncio.run(connect()), client.asked


@pytest.mark.parametrize(
    ("new", "matched", "gets_in"),
    [("a new one", "other", True), ("open sesame", "password", False), ("", "empty", False)],
)
def test_only_a_new_password_lets_in(expired: Any, new: str, matched: str, gets_in: bool) -> None:
    """The client is asked for it, and what it gives is told as an answer; the old one does not count as new."""
    got_in, asked = log_in(expired, "open sesame", new)
    assert got_in is gets_in
    assert asked == "Your password has expired. New password: "
    answers = [event.detail["matched"] for event in expired.events("bastion") if event.kind == "answer"]
    assert matched in answers


def test_a_wrong_password_is_refused_at_once(expired: Any) -> None:
    """Only the right one has expired."""
    assert log_in(expired, "wrong", "a new one") == (False, "")
