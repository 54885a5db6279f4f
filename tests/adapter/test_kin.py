"""Whose processes are an adapter's: also those that it is no parent of any more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Protocol

import psutil
import pytest

from harness.adapter.driver import Refused
from harness.adapter.processes.kin import MARK, Kin
from harness.run.homes import HOME_LINK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start

DAEMON = """
import subprocess, sys
daemon = subprocess.Popen(["sleep", "60"], stdin=-3, stdout=-3, stderr=-3, start_new_session=True)
print(daemon.pid)
"""
PARENT = """
import ctypes, json, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans of its own come to it, as to another's init
program, environment = sys.argv[1], json.loads(sys.argv[2])
print(subprocess.check_output([sys.executable, "-c", program], env=environment, text=True).strip(), flush=True)
sys.stdin.read()
"""
MINE, HOME = "mine", f"/nowhere/{HOME_LINK}1"


class Daemon(Protocol):
    """Starts a process in a session of its own, whose parent has ended, with this environment."""

    def __call__(self, environment: dict[str, str]) -> psutil.Process:
        """Return it; it ends with the test."""


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """Starts daemons."""
    started: list[psutil.Process] = []
    with ExitStack() as parents:

        def start(environment: dict[str, str]) -> psutil.Process:
            path = {"PATH": os.environ["PATH"]}
            command = (sys.executable, "-c", PARENT, DAEMON, json.dumps(path | environment))
            parent = parents.enter_context(
                subprocess.Popen(command, env=path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
            assert parent.stdout is not None
            started.append(psutil.Process(int(parent.stdout.readline())))
            while not started[-1].environ():  # while its program is being loaded
                time.sleep(0.01)
            return started[-1]

        yield start
        for process in started:
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture
def kin() -> Iterator[Kin]:
    """The processes of one that does nothing."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        yield Kin(psutil.Process(process.pid), MINE, HOME)


@pytest.mark.parametrize("kept", [{MARK: MINE}, {"HOME": HOME}, {MARK: MINE, "HOME": "/elsewhere"}])
def test_a_daemon_is_known_by_its_environment(kin: Kin, daemon: Daemon, kept: dict[str, str]) -> None:
    """By the mark, or by the home where an implementation passed on no more."""
    assert daemon(kept) in kin.find()


@pytest.mark.parametrize("other", [{}, {"HOME": "/root"}, {MARK: "another's", "HOME": HOME}])
def test_others_are_strangers(kin: Kin, daemon: Daemon, other: dict[str, str]) -> None:
    """Also another adapter of the same scenario, with which a tunnel is compared."""
    assert daemon(other) not in kin.find()


def test_what_was_there_before_the_adapter_is_not_its_own(daemon: Daemon) -> None:
    """A daemon of the first adapter of a scenario that has only its home is not the second's."""
    first = daemon({"HOME": HOME})
    created = first.create_time()
    second = daemon({MARK: MINE, "HOME": HOME})
    while second.create_time() <= created:  # clock ticks are coarse
        second = daemon({MARK: MINE, "HOME": HOME})
    assert first not in Kin(second, MINE, HOME).find()


def test_a_home_that_is_no_scenario_s_tells_nothing(daemon: Daemon) -> None:
    """Everything that a person runs has the same."""
    first, second = daemon({"HOME": "/root"}), daemon({"HOME": "/root"})
    assert Kin.of(first.pid).find() == (first,)
    assert second not in Kin.of(first.pid).find()


def test_a_stranger_is_looked_at_once(kin: Kin, daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """Observations look many times a second."""
    read, stranger = psutil.Process.environ, daemon({"HOME": "/root"})
    looked_at = []
    monkeypatch.setattr(psutil.Process, "environ", lambda process: looked_at.append(process) or read(process))
    kin.find()
    kin.find()
    assert looked_at.count(stranger) == 1


def test_a_process_that_may_not_be_read_is_a_stranger(
    kin: Kin, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other users' processes are none of an adapter's."""

    def refuse(process: psutil.Process) -> dict[str, str]:
        raise psutil.AccessDenied(process.pid)

    other = daemon({MARK: MINE})
    monkeypatch.setattr(psutil.Process, "environ", refuse)
    assert other not in kin.find()


BECOMES_A_DAEMON = f"""
greet()
request = receive()
pid = subprocess.check_output([sys.executable, "-c", {DAEMON!r}], text=True)
send(id=request["id"], error={{"code": "internal", "message": json.dumps(int(pid))}})
receive()
"""


def test_daemons_sleep_wake_and_end_with_their_adapter(start: Start) -> None:
    """``ssh -f`` would keep a tunnel alive in a laptop's sleep, and after its scenario."""
    adapter = start(BECOMES_A_DAEMON)
    with pytest.raises(Refused) as told:
        adapter.close("t1", 10)
    process = psutil.Process(json.loads(told.value.detail.message))
    assert os.getsid(process.pid) != adapter.pid
    adapter.suspend()
    assert process.status() == psutil.STATUS_STOPPED
    adapter.resume()
    assert process.status() != psutil.STATUS_STOPPED
    adapter.stop()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
