"""The parts that an interrupt meets."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
from pathlib import Path
from types import SimpleNamespace, TracebackType

import pytest

from harness import run as runs
from harness.interrupts import ignored
from harness.parallel.workers import Workers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_short_block_is_not_interrupted(number: signal.Signals) -> None:
    """And afterwards everything is as before."""
    before = signal.getsignal(number)
    with ignored():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_other_threads_change_nothing() -> None:
    """Only the main thread may set handlers."""
    raised: list[BaseException] = []

    def use() -> None:
        try:
            with ignored():
                pass
        except BaseException as error:  # noqa: BLE001 -- told to the test
            raised.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert raised == []


def test_a_second_ctrl_c_does_not_keep_a_run_from_cleaning_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one has been heard."""
    remove = shutil.rmtree

    def interrupted(folder: Path, *, ignore_errors: bool) -> None:
        signal.raise_signal(signal.SIGINT)
        remove(folder, ignore_errors=ignore_errors)

    with runs.start() as run:
        monkeypatch.setattr(shutil, "rmtree", interrupted)
    assert not run.folder.exists()


def traceback() -> TracebackType:
    """Return a traceback, which pytest wants of every exception."""
    with pytest.raises(ValueError, match="here") as raised:
        raise ValueError("here")
    return raised.tb


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt(), -signal.SIGINT), (pytest.exit.Exception("no"), 0)])
def test_workers_learn_of_the_user_s_interrupt_and_of_nothing_else(error: BaseException, status: int) -> None:
    """It may have been sent to the process that started them alone."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, start_new_session=True) as child:
        workers = Workers("embedded")
        gateway = SimpleNamespace(_io=SimpleNamespace(popen=child))
        workers.pytest_testnodeready(SimpleNamespace(gateway=gateway))
        workers.pytest_keyboard_interrupt(pytest.ExceptionInfo.from_exception(error.with_traceback(traceback())))
        if status == 0:
            child.communicate()
        assert child.wait(5) == status


def test_a_folder_that_only_looks_like_a_run_s_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's own files may begin with the same word."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "tunspec-my-own-notes-1").mkdir()
    runs.clean_up_after_dead_runs()
    assert (tmp_path / "tunspec-my-own-notes-1").is_dir()
