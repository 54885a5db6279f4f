"""The bastion's own probes (ClientAliveInterval): whether the client answers them is told."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

ALIVE = {"ClientAliveInterval": "1", "ClientAliveCountMax": "2"}


def answered(world: Any) -> list[str]:
    """Return how the probes were sent that were answered."""
    return [event.detail["by"] for event in world.events("bastion") if event.kind == "alive-answered"]


@pytest.mark.parametrize(("channel", "by"), [(False, "global"), (True, "channel")])
def test_an_answered_probe_is_told(
    world: Any, timeline: Any, setup: Any, user: Any, until: Any, channel: bool, by: str
) -> None:
    """It goes over a channel where one is open, as with sshd, and else is a request to all of the connection."""
    world.begin(timeline, {"bastion": replace(setup, policy=ALIVE)})
    transport = user.login()
    held = [user.channel(transport)] if channel else []
    until(lambda: by in answered(world))
    assert all(not one.closed for one in held)
    assert world.sessions("bastion") == 1


def test_who_answers_nothing_is_gone(world: Any, timeline: Any, setup: Any, user: Any, until: Any) -> None:
    """After two probes without an answer the session ends, and none was told as answered."""
    world.begin(timeline, {"bastion": replace(setup, policy=ALIVE)})
    transport = user.login()
    transport.packetizer.send_message = lambda _message: None
    began = time.monotonic()
    until(lambda: world.sessions("bastion") == 0)
    assert time.monotonic() - began >= 2
    assert answered(world) == []
