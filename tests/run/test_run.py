from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from harness import run as runs
from harness.run import homes

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


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Another user, whom this one takes everything in the temporary folder for; needs no root to be seen."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    uid = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: uid)
    return uid


@pytest.mark.usefixtures("stranger")
def test_what_others_left_is_left_alone(tmp_path: Path) -> None:
    """Links that lead nowhere, and folders of runs whose owner is gone."""
    link = tmp_path / f"{homes.HOME_LINK}cafe"
    link.symlink_to(tmp_path / "nowhere")
    folder = tmp_path / "tunspec-1-1-cafecafe-x"
    folder.mkdir()
    runs.clean_up_after_dead_runs()
    assert link.is_symlink()
    assert folder.is_dir()


@pytest.mark.parametrize("fails", ["exists", "unlink"])
def test_a_link_that_cannot_be_followed_or_removed_breaks_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """It leads where this user may not look, or somebody else has changed the folder meanwhile."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"{homes.HOME_LINK}cafe").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(Path, fails, refuse)
    runs.clean_up_after_dead_runs()


def test_a_dead_run_s_link_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that leads somewhere is of a run that goes on."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, live = tmp_path / f"{homes.HOME_LINK}dead", tmp_path / f"{homes.HOME_LINK}live"
    dead.symlink_to(tmp_path / "nowhere")
    live.symlink_to(tmp_path)
    runs.clean_up_after_dead_runs()
    assert (dead.is_symlink(), live.is_symlink()) == (False, True)


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
