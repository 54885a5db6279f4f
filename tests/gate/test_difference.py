"""How two runs differ."""

from __future__ import annotations

from harness.gate.difference import difference
from harness.verdict.lattice import Exit, Verdict
from tests.gate.conftest import MakeReport, MakeResult

P, F, U, I = Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE  # noqa: E741 -- a table of letters


def test_each_scenario_is_told_by_what_became_of_it(make_result: MakeResult, make_report: MakeReport) -> None:
    """A new scenario that fails is a new failure too."""
    table = {"a": (P, F), "b": (F, P), "c": (F, F), "d": (P, U), "e": (P, I), "f": (U, F), "g": (P, P)}
    before = [make_result(was, name) for name, (was, _) in table.items()]
    after = [make_result(now, name) for name, (_, now) in table.items()]
    found = difference(make_report(*before, make_result(P, "y")), make_report(*after, make_result(F, "z")))
    assert found.failing == ("a", "f", "z")
    assert (found.fixed, found.still_failing, found.lost, found.unproved) == (("b",), ("c",), ("d",), ("e",))
    assert (found.new, found.gone) == (("z",), ("y",))


def test_a_scenario_is_slower_by_seconds_and_by_half(make_result: MakeResult, make_report: MakeReport) -> None:
    """Neither 0.1 s to 1 s nor 20 s to 23 s is worth a line."""
    seconds = {"quick": (0.1, 1.0), "long": (20.0, 23.0), "slower": (2.0, 5.0)}
    old = make_report(*(make_result(P, name, seconds=was) for name, (was, _) in seconds.items()))
    new = make_report(*(make_result(P, name, seconds=now) for name, (_, now) in seconds.items()))
    assert difference(old, new).slower == {"slower": (2.0, 5.0)}


def test_the_exit_status_says_whether_anything_got_worse(make_result: MakeResult, make_report: MakeReport) -> None:
    """New failures before lost coverage."""
    report = {verdict: make_report(make_result(verdict)) for verdict in (P, F, U)}
    assert difference(report[F], report[P]).status is Exit.CONFORMS
    assert difference(report[P], report[F]).status is Exit.NONCONFORMANT
    assert difference(report[P], report[U]).status is Exit.COVERAGE_LOST
