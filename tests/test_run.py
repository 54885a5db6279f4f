from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from harness import run as runs

KILLED_RUN = """
import os, subprocess, sys
from harness import run
with run.start() as this:
    child = subprocess.Popen(
        ["sleep", "1000"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **this.environment},
        start_new_session=True,
    )
    print(child.pid, this.folder, flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[psutil.Process, Path]:
    """A run that was killed: its child and its folder are still there."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    done = subprocess.run([sys.executable, "-c", KILLED_RUN], capture_output=True, text=True, check=False)
    pid, folder = done.stdout.split()
    return psutil.Process(int(pid)), Path(folder)


def test_the_next_run_removes_what_a_killed_one_left(killed: tuple[psutil.Process, Path]) -> None:
    """Processes and folder alike."""
    child, folder = killed
    assert child.is_running()
    assert folder.is_dir()
    with runs.start():
        child.wait(5)
        assert not folder.exists()


def test_the_folder_of_a_run_is_private_and_goes_with_it() -> None:
    """Nobody else may read keys."""
    with runs.start() as run:
        assert run.folder.stat().st_mode & 0o777 == 0o700
    assert not run.folder.exists()


def test_processes_of_a_run_are_ended_with_it() -> None:
    """Also those that nobody waits for."""
    with runs.start() as run:
        child = subprocess.Popen(["sleep", "1000"], env={**os.environ, **run.environment}, start_new_session=True)
    assert child.wait(5) == -9


def test_a_run_whose_owner_lives_is_left_alone() -> None:
    """Two runs at a time do not disturb each other."""
    with runs.start() as first, runs.start():
        assert first.folder.is_dir()
