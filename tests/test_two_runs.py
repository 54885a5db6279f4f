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
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from harness.report.model import read
from harness.run import OWNER_LABEL
from harness.run.owner import ticks
from harness.run.removal import remove
from harness.verdict.lattice import Verdict

_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))
_CLEAN_UP = """
from harness import run
from harness.world import fabrics
run.clean_up_after_dead_runs()
fabrics.clean_up_after_dead_runs({fabric!r})
"""
_FEW = ("data/echo", "data/half_close", "auth/password")
_MANY = ("data", "auth")


class Runs:
    """Runs on one fabric that share a temporary folder, each in a process group of its own."""

    def __init__(self, fabric: str, folder: Path) -> None:
        self.fabric = fabric
        self.folder = folder
        self.owners: set[str] = set()
        self.environment = {**os.environ, "TMPDIR": str(folder)}
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one, which prints nothing."""
        command = [_TUNSPEC, "run", "--fabric", self.fabric, *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=self.environment, start_new_session=True, **quiet)  # type: ignore[call-overload]
        self.started.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a run with its workers, and do what each start begins with."""
        self._note_owners()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.clean_up()

    def clean_up(self) -> None:
        """Do what each start begins with."""
        command = [sys.executable, "-c", _CLEAN_UP.format(fabric=self.fabric)]
        subprocess.run(command, env=self.environment, check=True)

    def processes(self) -> list[psutil.Process]:
        """Return what lives and has the temporary folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if (
                    process.environ().get("TMPDIR", "").startswith(str(self.folder))
                    and process.status() != psutil.STATUS_ZOMBIE
                ):
                    found.append(process)
        return found

    def left(self) -> list[str]:
        """Return the files and the processes that are there, and what the engine holds of the runs."""
        files, processes = (
            (path.name for path in self.folder.iterdir()),
            (str(one.cmdline()) for one in self.processes()),
        )
        return [*files, *processes, *(self._in_engine() if self.fabric == "docker" else ())]

    def _note_owners(self) -> None:
        for process in self.processes():
            with suppress(psutil.Error):
                self.owners.add(f"{process.pid}-{ticks(process.pid)}")

    def _in_engine(self) -> Iterator[str]:
        from harness.world.docker.engine import client

        with closing(client.connect()) as engine:
            labelled = {"label": OWNER_LABEL}
            held = (*engine.api.containers(all=True, filters=labelled), *engine.api.networks(filters=labelled))
            for found in held:
                if "-".join(found["Labels"][OWNER_LABEL].split("-")[:2]) in self.owners:
                    yield found["Id"]


@pytest.fixture
def runs(fabric: str) -> Iterator[Runs]:
    """Starts runs in a folder with a short path, for sockets; none outlives the test."""
    folder = Path(tempfile.mkdtemp(prefix="two-"))
    begun = Runs(fabric, folder)
    yield begun
    for process in begun.processes():
        with suppress(psutil.Error):
            process.kill()
    for started in begun.started:
        started.wait()
    remove(folder)


@pytest.mark.parametrize(
    ("fabric", "kills", "wanted"),
    [
        ("embedded", 2, _FEW),
        pytest.param("embedded", 20, _MANY, marks=pytest.mark.whole),
        pytest.param("docker", 20, _MANY, marks=[pytest.mark.whole, pytest.mark.docker]),
    ],
    ids=["two", "twenty", "twenty-on-docker"],
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
        runs.kill(killed)
    assert beside.wait() == 0
    assert {result.verdict for result in read(report).results} <= {Verdict.PASS, Verdict.NOT_RUN}
    runs.clean_up()
    assert runs.left() == []
