"""How much of a scope was judged, and what that proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.report.share import Share, conformance, nonconformance, shares
from harness.scenario import shipped
from harness.scenario.shipped import shipped_scenarios
from harness.verdict.lattice import Verdict
from tests.report.conftest import MakeResult


def test_only_pass_and_fail_are_judgements(make_result: MakeResult) -> None:
    """What was not supported or not run counts for the scope, and not as judged."""
    results = [
        make_result(scenario="data/echo", scope="core", verdict=Verdict.PASS),
        make_result(scenario="data/both_ways", scope="core", verdict=Verdict.UNSUPPORTED),
        make_result(scenario="data/client_reset", scope="core", verdict=Verdict.FAIL),
        make_result(scenario="mine/own", scope="core", verdict=Verdict.FAIL),
    ]
    (core,) = shares(results, ["core"])
    everything = sum(one.scope == "core" for one in shipped_scenarios().values())
    assert core == Share(scope="core", scenarios=everything, judged=2, failed=1)


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        ((3, 2), "conforms to core and resilience"),
        ((3, 1), "conforms to core; nothing failed among 1 of 2 in resilience"),
        ((2, 1), "nothing failed among 2 of 3 in core and 1 of 2 in resilience"),
        ((0, 0), "nothing failed"),
    ],
)
def test_conformance_is_said_of_whole_scopes_only(judged: tuple[int, int], said: str) -> None:
    """Of a part it is said that nothing failed, and among how many."""
    core = Share(scope="core", scenarios=3, judged=judged[0], failed=0)
    resilience = Share(scope="resilience", scenarios=2, judged=judged[1], failed=0)
    assert conformance([core, resilience]) == said


def test_what_failed_is_counted_by_scope() -> None:
    """So that a reader sees where."""
    found = [Share(scope="core", scenarios=9, judged=8, failed=2), Share(scope="page", scenarios=3, judged=3, failed=0)]
    assert nonconformance(found) == "does not conform: 2 of 8 judged in core failed"


def test_scopes_are_remembered_until_a_scenario_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is what would be read; after a change all is read again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = shipped.shipped_scopes.__wrapped__()
    assert found == {name: one.scope for name, one in shipped_scenarios().items()}
    monkeypatch.setattr(shipped, "shipped_scenarios", dict)
    assert shipped.shipped_scopes.__wrapped__() == found
    monkeypatch.setattr(shipped, "_state", lambda: "another")
    assert shipped.shipped_scopes.__wrapped__() == {}
