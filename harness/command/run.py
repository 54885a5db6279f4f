"""``tunspec run``: pytest and its plugins do the work, a progress display and a table of verdicts show it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import IO

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

from harness.adapter import registry
from harness.command.running.suite import run_pytest
from harness.command.selection import Selection
from harness.deaths import likeness
from harness.errors import UsageError
from harness.parallel.shard import Shard
from harness.report import text
from harness.report.recorder import Recorder
from harness.report.share import Share, conformance, nonconformance, shares
from harness.scenario.language.scopes import listed, scopes_for
from harness.verdict.lattice import CAUSES, Exit, Verdict
from harness.verdict.result import Result
from harness.world import fabrics

INTERRUPTED = 130
"""The exit status after Ctrl-C or SIGTERM: 128 and the number of SIGINT, as shells have it."""

_WITHOUT_TERMINAL = 160
_QUIET = (Verdict.PASS, Verdict.UNSUPPORTED, Verdict.NOT_RUN)


@dataclass(frozen=True)
class Division:
    """The ``shard`` that is judged, as ``K/N``, and an earlier report that tells the ``durations`` of scenarios."""

    shard: str | None = None
    durations: Path | None = None

    def arguments(self) -> list[str]:
        """Return it as pytest's arguments."""
        shard = [f"--tunspec-shard={self.shard}"] if self.shard else []
        return [*shard, *([f"--tunspec-durations={self.durations}"] if self.durations else [])]


@dataclass(frozen=True)
class Outputs:
    """Where the reports go; ``all_timelines``: the JSON report has a picture for every scenario."""

    report: Path | None = None
    junit: Path | None = None
    allure: Path | None = None
    all_timelines: bool = False

    def arguments(self) -> list[str]:
        """Return them as pytest's arguments."""
        report = [f"--tunspec-report={self.report}"] if self.report else []
        timelines = ["--tunspec-all-timelines"] if self.all_timelines else []
        junit = [f"--junitxml={self.junit}"] if self.junit else []
        allure = [f"--alluredir={self.allure}", "--clean-alluredir"] if self.allure else []
        return [*report, *timelines, *junit, *allure]


def workers_for(wanted: str, scenarios: int | None = None) -> int:
    """Return how many worker processes to start, 0 for none beside this process.

    ``auto`` is four for each core, because scenarios wait half of their time, and no more than there are ``scenarios``
    (None: more than enough); a single scenario needs none. Raises UsageError for anything but ``auto`` or a number.
    """
    if wanted == "auto":
        most = 4 * (psutil.cpu_count(logical=True) or 1)
        useful = most if scenarios is None else min(most, scenarios)
        return useful if useful > 1 else 0
    if not wanted.isdecimal():
        raise UsageError(f"--workers takes a number or auto, not {wanted!r}")
    return int(wanted)


def run(
    selection: Selection,
    outputs: Outputs,
    *,
    implementation: str,
    fabric: str,
    sshd: str | None,
    workers: str,
    scope: str | None,
    stop: bool,
    realtime: bool,
    keep_going: bool = False,
    division: Division = Division(),
    before: str = "",
) -> int:
    """Run scenarios and return the exit status; its meaning is printed, ``before`` in front of it.

    Raises UsageError, and FabricBroken where there is no fabric.
    """
    registry.resolve(implementation)
    fabrics.check(fabric, sshd)
    if division.shard is not None:
        Shard.parse(division.shard)
    count = workers_for(workers, selection.upper_bound())
    scopes = scopes_for(scope, implementation)
    place = f"{fabric} with OpenSSH {sshd}" if sshd else fabric
    display = Display(_console(), implementation=implementation, fabric=place, workers=max(1, count), scopes=scopes)
    arguments = [
        *selection.arguments(),
        *outputs.arguments(),
        *division.arguments(),
        f"--tunspec-impl={implementation}",
        f"--tunspec-fabric={fabric}",
        f"--tunspec-scope={','.join(scopes)}",
        *([f"--tunspec-sshd={sshd}"] if sshd else []),
        *(["-n", str(count), "--maxschedchunk", "1"] if count else []),
        *(["-x"] if stop else []),
        *(["--tunspec-realtime"] if realtime else []),
        *(["--tunspec-keep-going"] if keep_going else []),
    ]
    with _terminated_like_interrupted():
        return display.conclude(run_pytest(arguments, plugins=[display], allure=outputs.allure is not None), before)


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _console() -> Console:
    """Return the terminal, or something wider than rich's 80 columns where there is none, as in a CI's log."""
    return Console() if sys.stdout.isatty() else Console(width=_WITHOUT_TERMINAL)


class Display:
    """A pytest plugin in place of pytest's own terminal output."""

    def __init__(
        self, console: Console, *, implementation: str, fabric: str, workers: int, scopes: Sequence[str]
    ) -> None:
        self._console = console
        self._title = f"{implementation} on {fabric}"
        self._scopes = scopes
        self._workers = workers
        self._recorder: Recorder | None = None
        self._messages: list[str] = []
        self._deaths: set[str | None] = set()
        self._status: int | None = None
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
        self._task = self._progress.add_task(self._title, total=None, last="collecting")

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Silence pytest's reporter and listen to the results."""
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if isinstance(reporter, TerminalReporter):
            self._nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- open as long as pytest
            reporter._tw._file = self._nowhere  # noqa: SLF001 -- pytest has no public way
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
        """Keep the message of a run that was ended on purpose; the user's interrupt has its own status."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self._messages.append(str(excinfo.value.msg))
        elif type(excinfo.value) is KeyboardInterrupt:
            self._status = INTERRUPTED
        return (yield)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show a defect of the suite."""
        self._messages.append(f"a defect of tunspec or of pytest:\n{excrepr}")
        self._status = Exit.BROKEN

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Learn that pytest could not use what it was given, which it says itself."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            self._status = Exit.USAGE

    def _show(self, result: Result) -> None:
        self._progress.update(self._task, advance=1, last=f"{result.verdict} {result.scenario}")
        if result.verdict not in _QUIET:
            self._progress.console.print(self._account(result) + "\n", markup=False, highlight=False, soft_wrap=True)

    def _account(self, result: Result) -> str:
        """Return the account; a death that was told is only named."""
        alike = likeness(result)
        if alike is None or alike not in self._deaths:
            self._deaths |= {alike} - {None}
            return text.account(result)
        return f"{result.verdict.upper()}  {result.scenario}: the adapter died as above: it {result.death}"

    def conclude(self, status: int, before: str = "") -> int:
        """Print the table, the counts, what could not be used, and ``before`` the meaning of the exit status.

        Returns the exit status of the run.
        """
        self._progress.stop()
        if self._nowhere is not None:
            self._nowhere.close()
        status = status if self._status is None else self._status
        for message in self._messages:
            sys.stderr.write(f"tunspec: {message}\n")
        recorder = self._recorder
        if recorder is None or not (recorder.results or recorder.invalid or recorder.broken):
            if status == Exit.NOTHING_RUN:
                sys.stderr.write(
                    f"tunspec: nothing was selected in the scope of {listed(self._scopes)}; `tunspec list` lists the "
                    "scenarios with their scopes, and --scope full judges them all\n"
                )
            return status
        if recorder.results:
            judged_by = f"judged by {listed(self._scopes)}"
            self._console.print(f"tunspec {version('tunspec')}: {self._title}, {judged_by}\n", style="bold")
            for line in text.verdict_lines(recorder.results):
                self._console.print(line, no_wrap=True, overflow="ellipsis", highlight=False)
            self._console.print()
            self._console.print(text.counts(recorder.results))
            self._console.print(self._times(recorder), highlight=False)
            if recorder.album is not None and len(recorder.album):
                self._console.print(f"timelines as pictures: {recorder.album.folder}", highlight=False, soft_wrap=True)
        for kind, messages in (("invalid", recorder.invalid), ("broken", recorder.broken)):
            for message in messages:
                self._console.print(f"{kind}: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
        found = shares(recorder.results, self._scopes)
        self._console.print(f"{before}{_meaning(status, found)}", highlight=False, soft_wrap=True)
        return status

    def _times(self, recorder: Recorder) -> str:
        wall = recorder.seconds
        waited = sum(result.waited for result in recorder.results) / self._workers
        return f"{wall:.1f} s, including {waited:.1f} s per worker that the scenarios spend waiting on purpose"


def _meaning(status: int, found: Sequence[Share]) -> str:
    meanings = {**CAUSES, Exit.CONFORMS: conformance(found), Exit.NONCONFORMANT: nonconformance(found)}
    known = meanings.get(Exit(status)) if status in set(Exit) else None
    return f"exit {int(status)}: {known or 'interrupted; the report has no footer'}"
