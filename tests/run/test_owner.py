"""A live run is never taken for a dead one."""

from __future__ import annotations

import os
import re
import subprocess
import time

import psutil
import pytest

from harness.run import owner as owners
from harness.run.owner import PATTERN, is_gone, this_process, ticks


def test_a_live_process_is_not_gone() -> None:
    """Named as folders and labels name it."""
    assert re.fullmatch(PATTERN, this_process())
    assert not is_gone(this_process())


def test_nothing_changes_when_the_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a step of NTP every process seems to have started at another time."""
    before, began = this_process(), psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: began(self) + 3600)
    monkeypatch.setattr(psutil, "boot_time", lambda: time.time() - 5)
    assert this_process() == before
    assert not is_gone(before)


def test_an_ended_process_is_gone() -> None:
    """Also while nobody has taken its exit status, and when its id is given again."""
    pid, began, *place = this_process().split("-")
    assert is_gone("-".join((pid, str(int(began) - 1), *place)))
    with subprocess.Popen(["sleep", "1000"]) as child:
        named = "-".join((str(child.pid), str(ticks(child.pid)), *place))
        assert not is_gone(named)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(named)
    assert is_gone(named)


def test_of_another_place_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container with the same TMPDIR has process ids of its own."""
    elsewhere = f"{2**22}-1-{'0' * 6}-{owners._boot()}"
    assert not is_gone(elsewhere)
    monkeypatch.setattr(owners, "_place", lambda: "0" * 6)
    assert is_gone(elsewhere)


def test_what_ran_before_the_last_boot_is_gone() -> None:
    """Whoever has its id now."""
    assert is_gone("-".join((*this_process().split("-")[:3], "0000")))


def test_a_name_that_nobody_can_read_is_left_alone() -> None:
    """It may be of a version of tunspec that is yet to come."""
    assert not is_gone("somebody")
