"""What a run ends with."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.command.running.ending import Ending, by_area
from harness.report.recorder import Recorder
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Judged, Result

if TYPE_CHECKING:
    from collections.abc import Sequence


def result(scenario: str, verdict: Verdict = Verdict.PASS, *, level: str = "must", seconds: float = 1.0) -> Result:
    """Return a result of a scripted implementation."""
    failed = verdict is Verdict.FAIL
    return Result(
        scenario=scenario,
        title=f"The title of {scenario}",
        covers=("TUN-1",),
        level=level,
        scope="core",
        topology="single_bastion",
        fabric="embedded",
        implementation=Judged(asked_for="mine", name="mine", version="1", language="C"),
        verdict=verdict,
        reason="auth.agent" if verdict is Verdict.UNSUPPORTED else "it went wrong" if failed else "",
        expected="the answer" if failed else None,
        observed="silence" if failed else None,
        seconds=seconds,
        reproduce=f"tunspec run {scenario}",
    )


MIXED = (
    result("auth/key", seconds=9.0),
    result("auth/agent", Verdict.UNSUPPORTED),
    result("auth/agent2", Verdict.UNSUPPORTED, level="should"),
    result("data/echo"),
    result("data/bulk", Verdict.FAIL),
)


def told(results: Sequence[Result], *, verbose: bool = False, alone: Result | None = None) -> str:
    """Return what is printed at the end of a run with these results."""
    recorder = Recorder(file=None, album=None, implementation="mine", fabric="embedded", realtime=False)
    recorder.results += results
    if alone is not None:
        recorder.confirm(next(one for one in results if one.scenario == alone.scenario), alone)
    out = StringIO()
    console = Console(file=out, width=40)
    Ending(console, "mine on embedded", ("core",), verbose=verbose).tell(recorder, Exit.NONCONFORMANT)
    return out.getvalue()


def test_passes_are_counted_by_area_and_level() -> None:
    """Of how many; what did not pass is named."""
    assert list(by_area(MIXED)) == [
        "area       must   should      may  passed of all",
        "auth        1/2      0/1        -  2 unsupported",
        "data        1/2        -        -  1 fail",
        "all         2/4      0/1        -  1 fail, 2 unsupported",
    ]


def test_a_failure_is_told_once_more() -> None:
    """With what was expected and observed, and the command that judges it again; nothing is cut."""
    assert (
        "FAIL  data/bulk\n  expected     the answer\n  observed     silence\n  run again    tunspec run data/bulk\n"
    ) in told(MIXED)


def test_what_is_not_supported_is_told_by_feature() -> None:
    """Once for all scenarios that need it."""
    assert "unsupported: auth.agent (2 scenarios)" in told(MIXED)


def test_the_slowest_are_named() -> None:
    """The longest first."""
    assert "slowest: auth/key 9.0 s, " in told(MIXED)


@pytest.mark.parametrize("verbose", [False, True])
def test_what_passed_has_a_line_only_where_it_is_asked_for(*, verbose: bool) -> None:
    """With -v."""
    assert ("The title of data/echo" in told(MIXED, verbose=verbose)) == verbose


def test_a_single_result_has_its_line() -> None:
    """It is the answer to what was asked."""
    assert "pass            1.0 s  data/echo  The title of data/echo" in told(MIXED[3:4])


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.FAIL, "data/bulk: failed, and failed again alone"),
        (Verdict.PASS, "data/bulk: failed, but pass alone (nothing wrong was seen); the worse one counts"),
    ],
)
def test_both_verdicts_of_a_confirmed_failure_are_told(verdict: Verdict, words: str) -> None:
    """Whether it failed again or not."""
    assert words in told(MIXED, alone=result("data/bulk", verdict))
