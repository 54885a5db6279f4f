"""Faults of the embedded fabric that do nothing: its processes are told nothing, or have sockets that stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.world.embedded.machines.machine import Machine
from harness.world.embedded.machines.node import Node

_CHANGES = {"end-sessions", "host-keys", "authorize", "silence"}


def without_grip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the relay install each fault on nothing, and heal it at once; see ``relay_with_numbness``."""
    request = Node.request

    def obey(node: Node, do: str, **arguments: object) -> dict[str, Any]:
        if do != "fault":
            return request(node, do, **arguments)
        request(node, "numb", on=True)
        answer = request(node, do, **arguments)
        request(node, "heal", fault=answer["fault"])
        request(node, "numb", on=False)
        return answer

    monkeypatch.setattr(Node, "request", obey)


def without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bastion, target and relay answer as if they had done what changes them."""
    ask = Node.ask

    def obey(node: Node, do: str, **arguments: object) -> Callable[[], dict[str, Any]]:
        if do in _CHANGES or (do, arguments.get("on")) == ("listen", False):
            return dict
        return ask(node, do, **arguments)

    monkeypatch.setattr(Node, "ask", obey)


def without_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be stopped."""
    monkeypatch.setattr(Node, "freeze", lambda _: None)


def without_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every process live on, so that none needs to be replaced."""
    monkeypatch.setattr(Node, "kill", lambda _: None)
    monkeypatch.setattr(Machine, "replace", lambda _: None)
