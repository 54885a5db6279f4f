"""Faults at the client's side that were undone meanwhile."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import pytest

from harness.scenario.stage.family import Asleep, Family


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_a_client_that_woke_by_itself_is_not_proven_asleep(sleeper: subprocess.Popen[bytes]) -> None:
    """That it was stopped once is no evidence that it sleeps."""
    sleeper.send_signal(signal.SIGSTOP)
    asleep = Asleep(Family(sleeper.pid).stopped(), wake=lambda: None)
    held = asleep.evidence().proven
    sleeper.send_signal(signal.SIGCONT)
    assert (held, asleep.evidence().proven) == (True, False)


def test_a_client_that_ended_is_not_proven_asleep(sleeper: subprocess.Popen[bytes]) -> None:
    """Where no process is left, none sleeps."""
    sleeper.send_signal(signal.SIGSTOP)
    asleep = Asleep(Family(sleeper.pid).stopped(), wake=lambda: None)
    sleeper.kill()
    sleeper.wait(5)
    assert not asleep.evidence().proven
