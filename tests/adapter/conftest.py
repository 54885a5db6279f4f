"""Adapters made of a few lines, and the driver that drives them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from harness.adapter.driver import Adapter, Limits
from harness.adapter.profile import Endpoint, HostKeys, PasswordAuth, Profile, Target
from harness.adapter.registry import resolve
from harness.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.adapter.driver import Answerer

_POLITE = """#!{python}
import json, os, signal, subprocess, sys, time

def send(**message):
    print(json.dumps(message), flush=True)

def receive():
    line = sys.stdin.readline()
    return json.loads(line) if line else sys.exit(0)

def hello():
    send(id=receive()["id"], ok={{"protocol": 1, "supports": ["auth.key"],
         "implementation": {{"name": "scripted", "version": "1", "language": "Python"}}}})

def greet():
    hello()
    request = receive()
    send(id=request["id"], unsupported=request["do"])

"""


class Start(Protocol):
    """Starts an adapter whose body is Python; ``greet()`` stands for a well-behaved beginning."""

    def __call__(self, body: str, *, answer: Answerer = ..., limits: Limits = ...) -> Adapter:
        """Start it; it is stopped when the test ends."""


@pytest.fixture
def profile() -> Profile:
    """A profile that nobody dials."""
    return Profile(
        ssh=Endpoint(host="127.0.0.1", user="nobody"),
        auth=PasswordAuth(password="correct horse"),
        host_keys=HostKeys(file="known_hosts"),
        target=Target(host="db.internal", port=5432),
    )


@pytest.fixture
def timeline() -> Timeline:
    """An empty timeline."""
    return Timeline()


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """Writes an executable adapter script around a body."""

    def write(body: str) -> Path:
        path = tmp_path / "adapter.py"
        path.write_text(_POLITE.format(python=sys.executable) + body)
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def start(tmp_path: Path, timeline: Timeline, script: Callable[[str], Path]) -> Iterator[Start]:
    """Starts scripted adapters with short limits."""
    started: list[Adapter] = []

    def begin(
        body: str,
        *,
        answer: Answerer = lambda _question: None,
        limits: Limits = Limits(hello=10, write=1, stop=1),  # noqa: B008 -- frozen
    ) -> Adapter:
        adapter = Adapter.start(
            resolve(str(script(body))),
            folder=tmp_path,
            environment={},
            timeline=timeline,
            answer=answer,
            limits=limits,
        )
        started.append(adapter)
        return adapter

    yield begin
    for adapter in started:
        adapter.stop()
