"""What is seen of a run while it goes on: its progress, and the account of whatever did not pass."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from _pytest.terminal import TerminalReporter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harness import defects
from harness.deaths import likeness
from harness.report import text
from harness.report.recorder import Recorder
from harness.verdict.lattice import UNSETTLED, Exit
from harness.verdict.result import Result

INTERRUPTED = 130
"""The exit status after Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells have it."""


class Display:
    """A pytest plugin in place of pytest's own terminal output.

    ``recorder`` has the results, None where pytest did not come so far; ``status`` is the exit status where
    pytest's own does not hold.
    """

    def __init__(self, console: Console, title: str) -> None:
        self.recorder: Recorder | None = None
        self.status: int | None = None
        self._console = console
        self._messages: list[str] = []
        self._deaths: set[str | None] = set()
        self._nowhere: IO[str] | None = None
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[last]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(title, total=None, last="collecting")

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silence pytest's reporter and listen to the results."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if isinstance(reporter, TerminalReporter):
            self._nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- open as long as pytest
            reporter._tw._file = self._nowhere  # noqa: SLF001 -- pytest has no public way
        recorder = config.pluginmanager.get_plugin("tunspec-recorder")
        if isinstance(recorder, Recorder):
            self.recorder = recorder
            recorder.listeners.append(self._show)
        self._progress.start()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn how many there are, in one process."""
        if session.items:
            self._progress.update(self._task, total=len(session.items), last="")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Learn how many there are, with workers."""
        self._progress.update(self._task, total=len(ids), last="")

    @pytest.hookimpl(wrapper=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Iterator[None]:
        """Keep the message of a run that was ended on purpose; the user's interrupt has its own status."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._messages.append(str(excinfo.value.msg))
        elif type(excinfo.value) is KeyboardInterrupt:
            self.status = INTERRUPTED
        return (yield)

    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell of a defect of the suite or of pytest in one line."""
        self._messages.append(defects.of_text(str(excrepr), excinfo.exconly(tryshort=True).strip().splitlines()[0]))
        self.status = Exit.BROKEN

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Learn that pytest could not use what it was given."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            self.status = Exit.USAGE

    def close(self) -> None:
        """End the progress, and say what has to be said beside the results."""
        self._progress.stop()
        if self._nowhere is not None:
            self._nowhere.close()
        for message in self._messages:
            sys.stderr.write(f"tunspec: {message}\n")

    def _show(self, result: Result) -> None:
        self._progress.update(self._task, advance=1, last=f"{result.verdict} {result.scenario}")
        if result.verdict in UNSETTLED:
            self._progress.console.print(self._account(result) + "\n", markup=False, highlight=False, soft_wrap=True)

    def _account(self, result: Result) -> str:
        """Return the account; a death that was told is only named."""
        alike = likeness(result)
        if alike is None or alike not in self._deaths:
            self._deaths |= {alike} - {None}
            return text.account(result)
        return f"{result.verdict.upper()}  {result.scenario}: the adapter died as above: it {result.death}"
