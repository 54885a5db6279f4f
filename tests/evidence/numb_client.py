"""Faults at the client's side that do nothing."""

from __future__ import annotations

import pytest

from harness.adapter.driver import Adapter
from harness.scenario.props import names


async def _go_on(_relay: names._Relay) -> None:
    """Keep passing on."""


def with_relays_that_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server answer at its old address."""
    monkeypatch.setattr(names._Relay, "silence", _go_on)


def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client's processes run on."""
    monkeypatch.setattr(Adapter, "suspend", lambda _: None)
