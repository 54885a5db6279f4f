"""Results and reports that nobody had to run for."""

from __future__ import annotations

from typing import Protocol

import pytest

from harness.report import model
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result


class MakeResult(Protocol):
    """Makes a result."""

    def __call__(
        self,
        verdict: Verdict,
        scenario: str = "data/echo",
        *,
        level: str = "must",
        reason: str = "it did not echo",
        seconds: float = 1.0,
    ) -> Result:
        """Return it."""


class MakeReport(Protocol):
    """Makes the report of results."""

    def __call__(self, *results: Result, broken: tuple[str, ...] = (), invalid: tuple[str, ...] = ()) -> model.Report:
        """Return it."""


@pytest.fixture(scope="session")
def make_result() -> MakeResult:
    """Makes results of a scripted implementation."""
    return _result


@pytest.fixture(scope="session")
def make_report() -> MakeReport:
    """Makes reports of a scripted implementation on the embedded fabric."""
    return _report


def _result(
    verdict: Verdict,
    scenario: str = "data/echo",
    *,
    level: str = "must",
    reason: str = "it did not echo",
    seconds: float = 1.0,
) -> Result:
    return Result(
        scenario=scenario,
        title="A title",
        file="scenarios/data/echo.yaml",
        covers=("TUN-1",),
        level=level,
        scope="core",
        topology="single_bastion",
        fabric="embedded",
        implementation=Judged(asked_for="./mine", name="mine", version="1", language="Python"),
        verdict=verdict,
        reason=reason,
        seconds=seconds,
        reproduce=f"tunspec run {scenario} --impl ./mine",
    )


def _report(*results: Result, broken: tuple[str, ...] = (), invalid: tuple[str, ...] = ()) -> model.Report:
    return model.Report(
        header=model.Header(
            tunspec="0.1.0",
            implementation="./mine",
            fabric="embedded",
            realtime=False,
            scopes=("core",),
            python="3.11",
            platform="Linux",
            started="2027-01-01T00:00:00Z",
        ),
        results=results,
        pictures=(None,) * len(results),
        footer=model.Footer(
            verdicts=model.count(results), broken=broken, invalid=invalid, exit_status=0, seconds=1.0, waited=0.0
        ),
    )
