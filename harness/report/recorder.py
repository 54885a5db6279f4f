"""Where the results of all processes come together: the JSON report and the exit status."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, TextIO

import pytest

from harness import defects
from harness.errors import UsageError
from harness.report import model
from harness.report.album import Album
from harness.scenario.language.model import SCOPES
from harness.verdict.lattice import Exit, Verdict, exit_status
from harness.verdict.result import Result

ATTRIBUTE = "tunspec"
"""The attribute of a pytest report that carries the result as JSON text, also across xdist's processes."""

BROKEN = "tunspec-broken"
"""The key under which a worker's output tells what broke when it closed its worlds."""


class Worker(Protocol):
    """The part of xdist's WorkerController that the recorder relies on."""

    workeroutput: Mapping[str, object]


@dataclass(frozen=True)
class Part:
    """Which part of which run this is; as in :class:`harness.report.model.Header`."""

    shard: tuple[int, int] | None = None
    run: str | None = None
    selection: tuple[str, ...] = ()


def result_of(report: object) -> Result | None:
    """Return the result that a pytest report carries."""
    data = getattr(report, ATTRIBUTE, None)
    return None if data is None else Result.model_validate_json(data)


def is_scenario(nodeid: str) -> bool:
    """Tell whether a pytest node id is that of a scenario file or of a scenario in one."""
    return nodeid.partition("::")[0].endswith((".yaml", ".yml"))


class Recorder:
    """A pytest plugin of the process that sees every report. ``listeners`` are told of each result as it comes.

    ``scopes`` are those that are judged, ``part`` says which of a run's shards this is; ``album`` is where the pictures
    of the report go.
    ``confirmations`` are failures, each with the result of the same scenario alone.
    ``invalid`` are messages about scenario files that cannot be used, ``broken`` about what ended without a verdict.
    """

    def __init__(
        self,
        *,
        file: Path | None,
        album: Album | None,
        implementation: str,
        fabric: str,
        realtime: bool,
        sshd: str | None = None,
        scopes: tuple[str, ...] = SCOPES,
        part: Part | None = None,
    ) -> None:
        self.results: list[Result] = []
        self.invalid: list[str] = []
        self.broken: list[str] = []
        self.confirmations: list[tuple[Result, Result]] = []
        self.listeners: list[Callable[[Result], None]] = []
        self.cut_off = False
        self.album = album
        self.scopes = scopes
        self._file = file
        self._out: TextIO | None = None
        self.header = model.Header(
            tunspec=version("tunspec"),
            implementation=implementation,
            fabric=fabric,
            sshd=sshd,
            realtime=realtime,
            scopes=scopes,
            shard=part.shard if part else None,
            run=part.run if part else None,
            selection=part.selection if part else (),
            python=platform.python_version(),
            platform=platform.platform(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._began = time.monotonic()
        self._others_failed = False

    def begin(self) -> None:
        """Start the report's file, in place of an older one. Raises UsageError when it cannot be written."""
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._out = self._file.open("w", encoding="utf-8")
            if self.album is not None:
                self.album.begin()
        except OSError as error:
            raise UsageError(f"the report cannot be written to {self._file}: {error.strerror}") from error
        self._write(self.header)

    @property
    def only_scenarios_are_invalid(self) -> bool:
        """Whether everything that could not be collected is a scenario file."""
        return not self._others_failed

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a scenario file that cannot be used."""
        if not report.failed:
            return
        if is_scenario(report.nodeid):
            message = str(report.longrepr)
            found = self.broken if message.startswith(defects.PREFIX) else self.invalid
            if message not in found:
                found.append(message)
        else:
            self._others_failed = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record a result; it is written at once, so that a run that is cut off keeps what it had."""
        result = result_of(report)
        if result is not None:
            self.results.append(result)
            picture = None if self.album is None else self.album.keep(result)
            self._write(model.Scenario(result=result, picture=picture))
            for listener in self.listeners:
                listener(result)
        elif report.failed and is_scenario(report.nodeid):
            self.broken.append(f"{report.nodeid} ended without a verdict: {report.longrepr}")
        elif report.failed:
            self._others_failed = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Worker) -> None:
        """Note what broke when a worker closed its worlds; one that crashed has no output."""
        with suppress(AttributeError):
            if message := node.workeroutput.get(BROKEN):
                self.broken.append(str(message))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note that the run was cut off; xdist's own interruption, after ``-x``, is an orderly end."""
        self.cut_off |= type(excinfo.value) is KeyboardInterrupt or isinstance(excinfo.value, pytest.exit.Exception)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Finish the report and set the exit status, unless other tests or the user ended the run.

        A run that was cut off, or in which pytest or the suite broke, leaves a report without a footer.
        """
        if self.cut_off or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            session.exitstatus = Exit.BROKEN
            return
        if not self._others_failed and (self.results or self.invalid or self.broken):
            session.exitstatus = self.status
        if not session.config.option.collectonly:
            self._finish()

    def confirm(self, failed: Result, alone: Result) -> None:
        """Record what came of a scenario that failed when it was judged once more, alone."""
        self.confirmations.append((failed, alone))
        self._write(model.Confirmation(scenario=failed.scenario, verdict=failed.verdict, alone=alone))

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._began

    @property
    def status(self) -> Exit:
        """The exit status that the results so far ask for."""
        verdicts = [result.verdict for result in (*self.results, *(alone for _, alone in self.confirmations))]
        return exit_status([*verdicts, *(Verdict.ERROR for _ in self.broken)], invalid=bool(self.invalid))

    def _finish(self) -> None:
        self._write(
            model.footer(
                self.results,
                self.scopes,
                invalid=self.invalid,
                broken=self.broken,
                seconds=self.seconds,
                status=self.status,
            )
        )

    def pytest_unconfigure(self) -> None:
        """Close the report."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _write(self, line: model.Header | model.Scenario | model.Confirmation | model.Footer) -> None:
        if self._out is not None:
            self._out.write(line.model_dump_json() + "\n")
            self._out.flush()
