"""Faults of the docker fabric that do nothing: scripts, toxics and files without their effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from toxiproxy.api import APIConsumer

from harness.world.docker.bastion import sshd
from harness.world.docker.bastion.node import Bastion
from harness.world.docker.engine.shell import Shell
from harness.world.docker.link.toxiproxy import Toxiproxy
from harness.world.docker.target.probe import ProbeTarget
from harness.world.fabric import HostKey

_KILLS = {sshd.stop_all(), sshd.end_sessions(), sshd.stop_listener()}


def without_packet_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put no chain in force."""
    _rewrite(monkeypatch, lambda script: "true" if "iptables-restore" in script else script)


def without_killing_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """List the sockets that were to be killed, as a kernel does that cannot destroy any."""
    _rewrite(monkeypatch, lambda script: script.replace("ss -K", "ss"))


def with_a_table_that_drops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count what is forgotten, and let it pass."""
    _rewrite(monkeypatch, lambda script: script.replace(" drop\n", "\n"))


def with_interfaces_that_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change no interface."""
    _rewrite(monkeypatch, lambda script: script.replace("ip link set", ": ip link set"))


def without_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop no process."""
    _rewrite(monkeypatch, lambda script: script.replace("kill -STOP", ": kill -STOP"))


def without_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill no process, so that none needs to be started."""
    _rewrite(monkeypatch, lambda script: "true" if script in _KILLS else script)
    monkeypatch.setattr(Bastion, "start", lambda _: 0)
    monkeypatch.setattr(ProbeTarget, "kill", lambda _: None)
    monkeypatch.setattr(ProbeTarget, "start", lambda _: None)


def with_a_relay_that_stays_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Toxiproxy listen on."""
    monkeypatch.setattr(Toxiproxy, "enable", lambda _, *, on: None)  # noqa: ARG005 -- called by that name


def with_toxics_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Toxiproxy have each toxic and apply it to no connection."""
    post = APIConsumer.post

    def send(url: str, *, json: dict[str, Any] | None = None, **more: Any) -> Any:
        sent = {**json, "toxicity": 0.0} if json and "stream" in json else json
        return post(url, json=sent, **more)

    monkeypatch.setattr(APIConsumer, "post", send)


def with_a_target_that_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the target listen on."""
    monkeypatch.setattr(ProbeTarget, "listen", lambda _, *, on: None)  # noqa: ARG005 -- called by that name


def with_the_old_host_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take note of other host keys, and serve the old ones."""

    def show(bastion: Bastion, keys: tuple[HostKey, ...]) -> None:
        bastion.setup = replace(bastion.setup, host_keys=keys)

    monkeypatch.setattr(Bastion, "show", show)


def without_new_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write nothing into a container."""
    monkeypatch.setattr("harness.world.docker.engine.containers.put", lambda *_: None)


def _rewrite(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    ask = Shell.ask

    def obey(shell: Shell, script: str, timeout: float = 30.0) -> tuple[int, list[str]]:
        return ask(shell, change(script), timeout)

    monkeypatch.setattr(Shell, "ask", obey)
