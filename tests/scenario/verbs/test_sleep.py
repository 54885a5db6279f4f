"""The laptop's lid: processes that are stopped, and the evidence that they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.errors import Inconclusive
from harness.scenario.stage import family
from harness.scenario.stage.family import Asleep, Family
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.client import Sleep, Wake

from ..standins import Clock

PARENT = """
import subprocess, sys
child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, start_new_session={apart})
print(child.pid, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Laptop:
    """Stops and continues a whole process group, as the driver does."""

    pid: int

    def suspend(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)


class LaptopThatDoesNotSleep(Laptop):
    """Stops nothing."""

    def suspend(self) -> None:
        """Do nothing."""


@pytest.fixture
def pid(request: pytest.FixtureRequest) -> Iterator[int]:
    """A process with a child: in its group, or with the parameter ``apart`` in one of its own."""
    apart = getattr(request, "param", "together") == "apart"
    command = [sys.executable, "-c", PARENT.format(apart=apart)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        os.killpg(process.pid, signal.SIGCONT)


def asleep(stage: Stage, laptop: Laptop) -> None:
    """Close the lid."""
    stage.adapter = laptop  # type: ignore[assignment]
    Sleep().run(stage)


def test_processes_sleep_until_they_are_woken(stage: Stage, pid: int) -> None:
    """All of them, and the evidence is recorded before they wake."""
    asleep(stage, Laptop(pid))
    assert set(Family(pid).states().values()) == {"stopped"}
    Wake().run(stage)
    assert "stopped" not in Family(pid).states().values()
    evidence, *_ = (entry.text for entry in stage.timeline.entries() if entry.kind == "evidence")
    assert evidence.count("stopped") == 2


def test_processes_that_go_on_are_no_sleep(stage: Stage, pid: int) -> None:
    """Whatever was asked of them."""
    asleep(stage, LaptopThatDoesNotSleep(pid))
    with pytest.raises(Inconclusive, match="no evidence that it took effect"):
        Wake().run(stage)


@pytest.mark.parametrize("pid", ["apart"], indirect=True)
def test_one_process_that_goes_on_is_enough(stage: Stage, pid: int) -> None:
    """A child that left the group would keep the tunnel alive."""
    asleep(stage, Laptop(pid))
    with pytest.raises(Inconclusive, match="no evidence"):
        Wake().run(stage)


@pytest.mark.parametrize(("states", "takes"), [({1: "sleeping"}, 4.0), ({}, 0.0)], ids=["late", "nobody"])
def test_a_stop_is_waited_for(monkeypatch: pytest.MonkeyPatch, states: dict[int, str], takes: float) -> None:
    """It takes a while on a busy machine; where nobody runs, nobody will stop."""
    clock = Clock()
    began = clock.now
    monkeypatch.setattr(family, "time", clock)
    monkeypatch.setattr(
        Family, "states", lambda _: dict.fromkeys(states, "stopped") if clock.now - began >= 4 else states
    )
    assert set(Family(1).stopped().values()) <= {"stopped"}
    assert clock.now - began == pytest.approx(takes, abs=0.1)


def test_who_woke_in_between_did_not_sleep(stage: Stage, pid: int) -> None:
    """The states are looked at again in the end."""
    asleep(stage, Laptop(pid))
    Laptop(pid).resume()
    with pytest.raises(Inconclusive, match="no evidence"):
        Wake().run(stage)


@pytest.mark.parametrize("states", [{}, {2**22 + 1: "stopped"}], ids=["nobody", "gone"])
def test_what_does_not_run_does_not_sleep(states: dict[int, str]) -> None:
    """An adapter that died is not asleep."""
    assert not Asleep(states, lambda: None).evidence().proven
