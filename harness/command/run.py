"""``tunspec run``: pytest and its plugins do the work, a progress display and a table of verdicts show it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil
import pytest
from _pytest.terminal import TerminalReporter
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from harness import resources
from harness.errors import UsageError
from harness.report import text
from harness.report.recorder import Recorder
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result

_QUIET = (Verdict.PASS, Verdict.UNSUPPORTED, Verdict.NOT_RUN)


@dataclass(frozen=True)
class Selection:
    """Which scenarios: ids, areas, files or folders, and pytest's expressions for markers and names."""

    wanted: tuple[str, ...] = ()
    marker: str | None = None
    keyword: str | None = None

    def arguments(self) -> list[str]:
        """Return the selection as pytest's arguments. Raises UsageError for a name that selects nothing."""
        places = [_place(name) for name in self.wanted] or [str(resources.scenarios())]
        marker = ["-m", self.marker] if self.marker else []
        keyword = ["-k", self.keyword] if self.keyword else []
        return [*places, *marker, *keyword]


@dataclass(frozen=True)
class Outputs:
    """Where the reports go."""

    report: Path | None = None
    junit: Path | None = None
    allure: Path | None = None

    def arguments(self) -> list[str]:
        """Return them as pytest's arguments."""
        report = [f"--tunspec-report={self.report}"] if self.report else []
        junit = [f"--junitxml={self.junit}"] if self.junit else []
        allure = [f"--alluredir={self.allure}", "--clean-alluredir"] if self.allure else []
        return [*report, *junit, *allure]


def _place(name: str) -> str:
    """Return the pytest node id for a scenario id, an area, a file or a folder."""
    if Path(name).exists():
        return name
    stem, bracket, case = name.partition("[")
    root = resources.scenarios()
    if (root / stem).is_dir():
        return str(root / stem)
    file = (root / stem).with_suffix(".yaml")
    if not file.is_file():
        raise UsageError(f"there is no scenario {name!r}, and no such file or folder; `tunspec list` lists them")
    return f"{file}::{file.stem}{bracket}{case}" if bracket else str(file)


def base_arguments() -> list[str]:
    """Return the arguments that make pytest run from any folder, with nothing of that folder's own set-up."""
    return [
        "-c",
        os.devnull,
        f"--rootdir={resources.scenarios()}",
        "-p",
        "no:cacheprovider",
        "--strict-markers",
    ]


def workers_for(wanted: str) -> int:
    """Return how many processes to use; ``auto`` is two a core, because scenarios mostly wait.

    Raises UsageError for anything but ``auto`` or a number.
    """
    if wanted == "auto":
        return 2 * (psutil.cpu_count(logical=True) or 1)
    if not wanted.isdigit():
        raise UsageError(f"--workers takes a number or auto, not {wanted!r}")
    return int(wanted)


def run(
    selection: Selection,
    outputs: Outputs,
    *,
    implementation: str,
    fabric: str,
    workers: str,
    stop: bool,
    realtime: bool,
) -> int:
    """Run scenarios and return the exit status."""
    count = workers_for(workers)
    display = Display(Console(), implementation=implementation, fabric=fabric, workers=max(1, count))
    arguments = [
        *base_arguments(),
        *selection.arguments(),
        *outputs.arguments(),
        f"--impl={implementation}",
        f"--fabric={fabric}",
        *(["-n", str(count)] if count else []),
        *(["-x"] if stop else []),
        *(["--realtime"] if realtime else []),
    ]
    signal.signal(signal.SIGTERM, _interrupt)
    status = int(pytest.main(arguments, plugins=[display]))
    return display.conclude(status)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Display:
    """A pytest plugin in place of pytest's own terminal output."""

    def __init__(self, console: Console, *, implementation: str, fabric: str, workers: int) -> None:
        self._console = console
        self._title = f"{implementation} on {fabric}"
        self._workers = workers
        self._recorder: Recorder | None = None
        self._messages: list[str] = []
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
        self._task = self._progress.add_task(self._title, total=None, last="collecting")

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silence pytest's reporter and listen to the results."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if isinstance(reporter, TerminalReporter):
            reporter._tw._file = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SLF001, SIM115 -- pytest has no public way; open as long as pytest
        recorder = config.pluginmanager.get_plugin("tunspec-recorder")
        if isinstance(recorder, Recorder):
            self._recorder = recorder
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
        """Keep the message of a run that was ended on purpose."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._messages.append(str(excinfo.value.msg))
        return (yield)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show a defect of the suite."""
        self._messages.append(str(excrepr))

    def _show(self, result: Result) -> None:
        self._progress.update(self._task, advance=1, last=f"{result.verdict} {result.scenario}")
        if result.verdict not in _QUIET:
            self._progress.console.print(text.account(result) + "\n", markup=False, highlight=False, soft_wrap=True)

    def conclude(self, status: int) -> int:
        """Print the table, the counts and what could not be used; return the exit status of the run."""
        self._progress.stop()
        for message in self._messages:
            sys.stderr.write(f"tunspec: {message}\n")
        recorder = self._recorder
        if recorder is None or not (recorder.results or recorder.invalid):
            if not self._messages:
                sys.stderr.write("tunspec: nothing was selected; `tunspec list` lists the scenarios\n")
            return status
        if recorder.results:
            self._console.print(text.verdict_table(recorder.results, title=f"tunspec: {self._title}"))
            self._console.print()
            self._console.print(text.counts(recorder.results))
            self._console.print(self._times(recorder), highlight=False)
        for message in recorder.invalid:
            self._console.print(f"invalid: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
        self._console.print(_meaning(status), highlight=False)
        return status

    def _times(self, recorder: Recorder) -> str:
        wall = recorder.seconds
        waited = sum(result.waited for result in recorder.results) / self._workers
        return f"{wall:.1f} s, of which {waited:.1f} s per worker are waits that the scenarios ask for"


def _meaning(status: int) -> str:
    meanings = {
        Exit.CONFORMS: "conforms",
        Exit.NONCONFORMANT: "does not conform",
        Exit.USAGE: "a scenario file cannot be used",
        Exit.INCONCLUSIVE: "inconclusive: some scenarios proved nothing",
        Exit.BROKEN: "the harness, the fabric or the adapter broke",
        Exit.NOTHING_RUN: "nothing was really run",
    }
    known = meanings.get(Exit(status)) if status in set(Exit) else None
    return f"exit {int(status)}: {known or 'interrupted'}"
