"""``tunspec run``: pytest and its plugins do the work, a progress display and an ending show it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import FrameType

import psutil

from harness import defects, extras
from harness.adapter import registry
from harness.command.running import memory
from harness.command.running.display import Display
from harness.command.running.ending import Ending
from harness.command.running.suite import run_pytest
from harness.command.selection import Preview, Selection
from harness.command.terminal import console as terminal
from harness.errors import UsageError
from harness.items import checks
from harness.parallel.shard import Shard
from harness.report import model
from harness.report.recorder import Recorder
from harness.scenario.demands import needs
from harness.scenario.language.model import Scenario
from harness.scenario.language.scopes import listed, scopes_for
from harness.scenario.stage import client_host
from harness.verdict.lattice import UNSETTLED, Exit
from harness.world import fabrics


@dataclass(frozen=True)
class Division:
    """The ``shard`` that is judged, as ``K/N``, and an earlier report that tells the ``durations`` of scenarios."""

    shard: str | None = None
    durations: Path | None = None

    def arguments(self) -> list[str]:
        """Return it as pytest's arguments."""
        shard = [f"--tunspec-shard={self.shard}"] if self.shard else []
        return [*shard, *([f"--tunspec-durations={self.durations}"] if self.durations else [])]

    def check(self) -> None:
        """Raise UsageError for what cannot be understood or read."""
        if self.shard is not None:
            Shard.parse(self.shard)
        if self.durations is not None:
            model.read(self.durations)


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

    def check(self) -> None:
        """Raise UsageError for what cannot be written, or not without packages that are not installed."""
        if self.all_timelines and self.report is None:
            raise UsageError(
                "the pictures of all timelines are written beside a report; say where it goes: --report FILE"
            )
        if self.allure is not None:
            extras.require("allure", "--allure")
        checks.writable_files([self.report, self.junit])
        checks.writable_folder(self.allure)


@dataclass(frozen=True)
class Repeating:
    """How often scenarios are judged: each so many ``times``, or all in rounds until something does not pass.

    ``confirm``: what failed is judged once more alone; the worse of both verdicts counts. ``last_failed``: of what is
    selected only what did not pass in the last run.
    """

    times: int = 1
    until_failure: bool = False
    confirm: bool = False
    last_failed: bool = False

    def arguments(self) -> list[str]:
        """Return it as pytest's arguments."""
        times = [f"--tunspec-repeat={self.times}"] if self.times > 1 and not self.until_failure else []
        return [*times, *(["--tunspec-confirm"] if self.confirm else [])]


@dataclass(frozen=True)
class RunOptions:
    """How a run goes and looks: see the options of ``tunspec run``."""

    workers: str = "auto"
    stop: bool = False
    keep_going: bool = False
    verbose: bool = False
    hold: bool = False
    repeating: Repeating = field(default_factory=Repeating)

    def arguments(self) -> list[str]:
        """Return it as pytest's arguments, but for the workers."""
        return [
            *(["-x"] if self.stop else []),
            *(["--tunspec-keep-going"] if self.keep_going else []),
            *(["--tunspec-hold"] if self.hold else []),
            *self.repeating.arguments(),
        ]


@dataclass(frozen=True)
class RunSubject:
    """What is judged, and where."""

    implementation: str
    fabric: str = "embedded"
    sshd: str | None = None
    scope: str | None = None
    realtime: bool = False

    def arguments(self) -> list[str]:
        """Return it as pytest's arguments."""
        return [
            f"--tunspec-impl={self.implementation}",
            f"--tunspec-fabric={self.fabric}",
            f"--tunspec-scope={','.join(scopes_for(self.scope, self.implementation))}",
            *([f"--tunspec-sshd={self.sshd}"] if self.sshd else []),
            *(["--tunspec-realtime"] if self.realtime else []),
        ]

    def check(self) -> None:
        """Raise UsageError for what does not exist, FabricBroken where there is no fabric."""
        registry.resolve(self.implementation)
        fabrics.check(self.fabric, self.sshd)

    def __str__(self) -> str:
        """Name it for people."""
        place = f"{self.fabric} with OpenSSH {self.sshd}" if self.sshd else self.fabric
        return f"{self.implementation} on {place}"


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
    judged: RunSubject,
    manner: RunOptions = RunOptions(),
    *,
    division: Division = Division(),
    before: str = "",
) -> int:
    """Run scenarios and return the exit status; its meaning is printed, ``before`` in front of it.

    Raises UsageError, FabricBroken where there is no fabric, and AdapterBroken where the adapter says no hello.
    """
    judged.check()
    division.check()
    scopes = scopes_for(judged.scope, judged.implementation)
    repeating = manner.repeating
    if repeating.last_failed:
        selection = memory.only_failed(selection, str(judged))
    preview = selection.preview(scopes, realtime=judged.realtime)
    workers = 0 if manner.hold else workers_for(manner.workers, len(preview.scenarios) * repeating.times)
    if not preview.scenarios:
        return _nothing(preview, selection, scopes)
    _check_drivers(preview.scenarios, judged.fabric)
    outputs.check()
    if workers:
        checks.introduces_itself(judged.implementation)
    arguments = [
        *selection.arguments(),
        *outputs.arguments(),
        *division.arguments(),
        *judged.arguments(),
        *manner.arguments(),
        *(["-n", str(workers), "--maxschedchunk", "1"] if workers else []),
    ]
    ending = Ending(terminal(), str(judged), scopes, max(1, workers), manner.verbose)
    for number in _rounds(repeating):
        if repeating.until_failure:
            ending.console.print(f"round {number}", highlight=False)
        status = _round(arguments, ending, allure=outputs.allure is not None, before=before, about=str(judged))
        if status != Exit.CONFORMS:
            break
    return status


def _check_drivers(scenarios: Iterable[Scenario], fabric: str) -> None:
    """Raise UsageError where databases would be asked that no driver is installed for."""
    asking = [one.id for one in scenarios if "drivers" in client_host.split(needs(one))[0]]
    if asking and fabric == "docker":
        extras.require("databases", f"judging a database, as in {asking[0]} (-m 'not database' leaves them all out),")


def _rounds(repeating: Repeating) -> Iterator[int]:
    if not repeating.until_failure:
        yield 1
    elif repeating.times > 1:
        yield from range(1, repeating.times + 1)
    else:
        yield from count(1)


def _round(arguments: list[str], ending: Ending, *, allure: bool, before: str, about: str) -> int:
    display = Display(ending.console, ending.title)
    with _terminated_like_interrupted():
        try:
            status = run_pytest(arguments, plugins=[display], allure=allure)
        finally:
            display.close()
    status = status if display.status is None else display.status
    recorder = display.recorder
    if recorder is not None and (recorder.results or recorder.invalid or recorder.broken):
        ending.tell(recorder, status, before)
        memory.keep(about, _unsettled(recorder))
    return status


def _unsettled(recorder: Recorder) -> list[str]:
    return [memory.name_of(one) for one in recorder.results if one.verdict in UNSETTLED]


def _nothing(preview: Preview, selection: Selection, scopes: Sequence[str]) -> int:
    """Say why there is nothing to run."""
    for problem in preview.problems:
        sys.stderr.write(f"tunspec: {problem}\n")
    if any(problem.startswith(defects.PREFIX) for problem in preview.problems):
        return Exit.BROKEN
    if preview.problems:
        return Exit.USAGE
    where = f" below {', '.join(selection.wanted)}" if selection.wanted else ""
    sys.stderr.write(
        f"tunspec: nothing was selected{where} in the scope of {listed(scopes)}; `tunspec list` lists the "
        "scenarios with their scopes, and --scope full judges them all\n"
    )
    return Exit.NOTHING_RUN


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
