"""After an interrupt nothing of the run is left: no process, no folder, no listening socket."""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from harness.run import ENVIRONMENT

TUNSPEC = str(Path(sys.executable).with_name("tunspec"))
ENDS_WITHIN = 15.0
"""For a run whose start took less than half of it: so slow a machine has twice the time of the start to end it."""
INTERRUPTED = {130, -signal.SIGINT}
"""Before ``main`` is reached Python itself ends, by the signal; a shell shows 130 for both."""


@dataclass(frozen=True)
class Started:
    """A run in a process group of its own; all that it starts has its ``TMPDIR`` or a folder in it."""

    process: subprocess.Popen[str]
    folder: Path
    began: float = field(default_factory=time.monotonic)

    def processes(self) -> list[psutil.Process]:
        """Return what lives and has the run's temporary folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if (
                    process.environ().get("TMPDIR", "").startswith(str(self.folder))
                    and process.status() != psutil.STATUS_ZOMBIE
                ):
                    found.append(process)
        return found

    def wait_until(self, what: Callable[[], bool]) -> None:
        """Wait until the run has come so far."""
        deadline = time.monotonic() + 60
        while not what():
            assert self.process.poll() is None, "the run ended by itself"
            assert time.monotonic() < deadline, "the run did not come so far"
            time.sleep(0.05)

    def nodes(self) -> int:
        """Return how many processes of worlds and adapters run."""
        found = 0
        for process in self.processes():
            with suppress(psutil.Error):
                found += ENVIRONMENT in process.environ()
        return found

    def ended(self) -> tuple[int, str]:
        """Return the exit status and what was printed. Raises TimeoutExpired for a run that does not end."""
        within = max(ENDS_WITHIN, 2 * (time.monotonic() - self.began))
        out, _ = self.process.communicate(timeout=within)
        return self.process.returncode, out

    def left(self) -> list[str]:
        """Return what is left beside the report: processes with their ports, files."""
        files = [str(path) for path in self.folder.iterdir() if not path.name.startswith("report.jsonl")]
        return [*files, *(f"{one.pid} {one.cmdline()} {one.net_connections()}" for one in self.processes())]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Started]]:
    """Starts a run that takes longer than any test waits for it."""
    runs = []

    def begin() -> Started:
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        wanted = ["liveness", "reconnect", "data", "shutdown"]
        process = subprocess.Popen(
            [TUNSPEC, "run", "-n", "2", "--report", str(tmp_path / "report.jsonl"), *wanted],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        runs.append(Started(process, tmp_path))
        return runs[-1]

    yield begin
    for run in runs:
        for process in run.processes():
            with suppress(psutil.Error):
                process.kill()
        run.process.communicate()


@pytest.mark.parametrize("number", range(5))
def test_ctrl_c_at_a_random_moment_leaves_nothing(start: Callable[[], Started], number: int) -> None:
    """The terminal sends SIGINT to the whole group."""
    seed = secrets.randbits(32)
    moment = random.Random(seed).uniform(0.1, 8)  # noqa: S311 -- to be repeated from the seed
    print(f"run {number}, seed {seed}: interrupted after {moment:.3f} s")
    run = start()
    threading.Event().wait(moment)
    os.killpg(run.process.pid, signal.SIGINT)
    status, _ = run.ended()
    assert status in INTERRUPTED
    assert run.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command_alone_leaves_nothing(start: Callable[[], Started], number: signal.Signals) -> None:
    """The workers, busy with scenarios, learn of it, and the exit status is 130."""
    run = start()
    run.wait_until(lambda: run.nodes() >= 6)
    run.process.send_signal(number)
    status, printed = run.ended()
    assert status == 130
    assert "Traceback" not in printed, printed
    assert run.left() == []


def test_workers_that_are_killed_are_cleaned_up_after(start: Callable[[], Started]) -> None:
    """They can do nothing themselves; the command that started them does, before it ends."""
    run = start()
    run.wait_until(lambda: run.nodes() >= 6)
    for worker in psutil.Process(run.process.pid).children():
        worker.kill()
    os.killpg(run.process.pid, signal.SIGINT)
    run.ended()
    assert run.left() == []


def test_an_interrupted_run_leaves_a_report_that_is_refused(start: Callable[[], Started]) -> None:
    """It has no footer, so no gate can take it for a whole one."""
    run = start()
    run.wait_until(lambda: '"line":"result"' in _text(run.folder / "report.jsonl"))
    os.killpg(run.process.pid, signal.SIGINT)
    _, printed = run.ended()
    assert "exit 130: interrupted; the report has no footer" in printed
    assert "Traceback" not in printed, printed
    assert '"line":"footer"' not in _text(run.folder / "report.jsonl")


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
