"""What autossh is told, and what its log tells."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from harness.adapter.profile import Endpoint, HostKeys, NoAuth, Profile, Reconnect, Target
from harness.adapters.autossh.tunnel import Tunnel, settings

if TYPE_CHECKING:
    from pathlib import Path

    from harness.adapter.protocol import ErrorDetail, State

_PROFILE = Profile(
    ssh=Endpoint(host="bastion", user="alice"),
    auth=NoAuth(),
    host_keys=HostKeys(file="known_hosts"),
    target=Target(host="db.internal", port=5432),
)
_LOG = "2026/01/01 12:00:00 autossh[42]: "
_READY = "debug1: Entering interactive session."


class _User:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.states: list[State] = []

    async def ask(self, **question: object) -> str | None:
        pytest.fail(f"a line of the log asked {question}")

    def event(self, tunnel: str, state: State, error: ErrorDetail | None = None) -> None:  # noqa: ARG002
        self.states.append(state)


def _after(*lines: str) -> tuple[Tunnel, list[State]]:
    user = _User()

    async def hear() -> Tunnel:
        tunnel = Tunnel("t1", _PROFILE, user)
        tunnel._port = 60000
        for line in lines:
            tunnel._heard(line)
        return tunnel

    return asyncio.run(hear()), user.states


def test_without_settings_autossh_keeps_its_own() -> None:
    """Nothing of the profile is made up."""
    assert settings(Reconnect()) == {}


def test_attempts_come_after_the_first_start() -> None:
    """Every start of ssh is counted."""
    assert settings(Reconnect(attempts=5)) == {"AUTOSSH_GATETIME": "0", "AUTOSSH_MAXSTART": "6"}


def test_a_restart_is_a_reconnect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The states are those of the session, one after the other."""
    monkeypatch.chdir(tmp_path)
    tunnel, states = _after(_READY, f"{_LOG}ssh exited with error status 255; restarting ssh", _READY)
    assert states == ["connected", "reconnecting", "connected"]
    assert tunnel.status.state == "connected"


def test_a_start_that_fails_again_is_no_new_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be many starts before there is a session."""
    monkeypatch.chdir(tmp_path)
    ended = f"{_LOG}ssh exited with error status 255; restarting ssh"
    _, states = _after(_READY, ended, f"{_LOG}starting ssh (count 2 of 6)", ended)
    assert states == ["connected", "reconnecting"]
