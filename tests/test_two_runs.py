"""A run that is killed disturbs none that goes on beside it, and the next start removes what it left."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from harness.report.model import read
from harness.run.removal import remove
from harness.verdict.lattice import Verdict

_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))
_CLEAN_UP = "from harness.run import clean_up_after_dead_runs; clean_up_after_dead_runs()"
_FEW = ("data/echo", "data/half_close", "auth/password")
_MANY = ("data", "auth")


class Runs:
    """Runs that share a temporary folder, each in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "TMPDIR": str(folder)}
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one, which prints nothing."""
        command = [_TUNSPEC, "run", *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=self.environment, start_new_session=True, **quiet)  # type: ignore[call-overload]
        self.started.append(process)
        return process

    def clean_up(self) -> None:
        """Do what each start begins with."""
        subprocess.run([sys.executable, "-c", _CLEAN_UP], env=self.environment, check=True)

    def processes(self) -> list[psutil.Process]:
        """Return what lives and has the temporary folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("TMPDIR") == str(self.folder) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def left(self) -> list[str]:
        """Return the files and the processes that are there."""
        return [*(path.name for path in self.folder.iterdir()), *(str(one.cmdline()) for one in self.processes())]


@pytest.fixture
def runs() -> Iterator[Runs]:
    """Starts runs in a folder with a short path, for sockets; none outlives the test."""
    folder = Path(tempfile.mkdtemp(prefix="two-"))
    begun = Runs(folder)
    yield begun
    for process in begun.processes():
        with suppress(psutil.Error):
            process.kill()
    for started in begun.started:
        started.wait()
    remove(folder)


@pytest.mark.parametrize(
    ("kills", "wanted"), [(2, _FEW), pytest.param(20, _MANY, marks=pytest.mark.whole)], ids=["two", "twenty"]
)
def test_a_run_beside_those_that_are_killed_is_not_disturbed(
    runs: Runs, tmp_path: Path, kills: int, wanted: tuple[str, ...]
) -> None:
    """At whatever moment: its verdicts are those of a run alone, and nothing is left of any of them."""
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    moments = [random.Random(seed + number).uniform(0.1, 4 + kills) for number in range(kills)]  # noqa: S311 -- repeatable
    report = tmp_path / "report.jsonl"
    beside = runs.start("-n", "2", "--report", str(report), *wanted)
    for moment in moments:
        killed = runs.start("-n", "2", "liveness", "reconnect")
        threading.Event().wait(moment)
        print(f"killed after {moment:.3f} s, {len(runs.processes())} processes, beside: {beside.poll()}")
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        runs.clean_up()
    assert beside.wait() == 0
    assert {result.verdict for result in read(report).results} <= {Verdict.PASS, Verdict.NOT_RUN}
    runs.clean_up()
    assert runs.left() == []
