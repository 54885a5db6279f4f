"""Where the results of all processes come together: the JSON report and the exit status."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

import pytest

from harness.report import model
from harness.verdict.lattice import Exit, exit_status
from harness.verdict.result import Result

ATTRIBUTE = "tunspec"
"""The attribute of a pytest report that carries the result as JSON text, also across xdist's processes."""


def result_of(report: object) -> Result | None:
    """Return the result that a pytest report carries."""
    data = getattr(report, ATTRIBUTE, None)
    return None if data is None else Result.model_validate_json(data)


class Recorder:
    """A pytest plugin of the process that sees every report. ``listeners`` are told of each result as it comes."""

    def __init__(self, *, file: Path | None, implementation: str, fabric: str, realtime: bool) -> None:
        self.results: list[Result] = []
        self.invalid: list[str] = []
        self.listeners: list[Callable[[Result], None]] = []
        self._file = file
        self._out: TextIO | None = None
        self._header = model.Header(
            tunspec=version("tunspec"),
            implementation=implementation,
            fabric=fabric,
            realtime=realtime,
            python=platform.python_version(),
            platform=platform.platform(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._began = time.monotonic()
        self._others_failed = False

    @property
    def only_scenarios_are_invalid(self) -> bool:
        """Whether everything that could not be collected is a scenario file."""
        return not self._others_failed

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a scenario file that cannot be used."""
        if not report.failed:
            return
        if report.nodeid.endswith((".yaml", ".yml")):
            message = str(report.longrepr)
            if message not in self.invalid:
                self.invalid.append(message)
        else:
            self._others_failed = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record a result; it is written at once, so that a run that is cut off keeps what it had."""
        result = result_of(report)
        if result is None:
            self._others_failed |= report.failed
            return
        self.results.append(result)
        self._write(model.Scenario(result=result))
        for listener in self.listeners:
            listener(result)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Finish the report and set the exit status, unless other tests or the user ended the run."""
        interrupted = exitstatus in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR} and not self.invalid
        if interrupted or self._others_failed or session.config.option.collectonly:
            return
        if self.results or self.invalid:
            session.exitstatus = self.status
        self.finish()

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self._began

    @property
    def status(self) -> Exit:
        """The exit status that the results so far ask for."""
        return exit_status((result.verdict for result in self.results), invalid=bool(self.invalid))

    def finish(self) -> None:
        """Write the footer."""
        if self._file is None:
            return
        self._write(
            model.Footer(
                verdicts=model.count(self.results),
                invalid=tuple(self.invalid),
                exit_status=self.status,
                seconds=round(self.seconds, 3),
                waited=round(sum(result.waited for result in self.results), 3),
            )
        )

    def pytest_unconfigure(self) -> None:
        """Close the report."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _write(self, line: model.Header | model.Scenario | model.Footer) -> None:
        if self._file is None:
            return
        if self._out is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._out = self._file.open("w", encoding="utf-8")
            self._out.write(self._header.model_dump_json() + "\n")
        self._out.write(line.model_dump_json() + "\n")
        self._out.flush()
