"""What counts as the rejection of a faulty tunnel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness import resources
from harness.errors import UsageError
from harness.killing import Kill, Rejection, faulty_tunnels, kills
from harness.scenario.shipped import shipped_scenarios
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result, StepResult

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = shipped_scenarios()["data/echo"]
KILL = Kill("swaps_bytes", SCENARIO, Rejection(step="echo", observed="other bytes came back"))
REJECTED = Result(
    scenario=SCENARIO.id,
    title=SCENARIO.title,
    covers=SCENARIO.spec.covers,
    level=SCENARIO.level,
    scope=SCENARIO.scope,
    topology=SCENARIO.topology,
    fabric="embedded",
    implementation=Judged(asked_for="faulty:swaps_bytes", name="swaps_bytes", version="1", language="Python"),
    verdict=Verdict.FAIL,
    reason="expected the bytes that were sent; observed other bytes came back",
    expected="the bytes that were sent",
    observed="other bytes came back",
    steps=(
        StepResult(text="open", action="open", line=3, at=0.0, seconds=0.1, ended="done"),
        StepResult(text="echo: 1KiB", action="echo", line=4, at=0.1, seconds=0.1, ended="failed"),
    ),
    reproduce="tunspec run data/echo",
)
CRASH = "a request failed\nTraceback (most recent call last):\n  …\nAttributeError: no attribute 'jumps'\n"


def test_a_rejection_for_the_stated_reason_counts() -> None:
    """The scenario failed and gave the reason of the matrix."""
    assert KILL.survived(REJECTED) is None


def test_a_crash_counts_where_it_is_the_defect() -> None:
    """A tunnel that dies of what is wrong with it was rejected for that."""
    assert replace(KILL, crashes=True).survived(REJECTED.model_copy(update={"adapter_log": CRASH})) is None


@pytest.mark.parametrize(
    ("result", "how"),
    [
        (REJECTED.model_copy(update={"verdict": Verdict.PASS, "reason": ""}), "pass"),
        (
            REJECTED.model_copy(update={"observed": "nothing came back", "reason": "expected …; observed …"}),
            "failed for another reason, in the step 'echo': expected …; observed …; REJECTED_BY has the step 'echo'",
        ),
        (
            REJECTED.model_copy(update={"steps": REJECTED.steps[:1], "reason": "expected …; observed …"}),
            "failed for another reason, in the step 'open': expected …",
        ),
        (
            REJECTED.model_copy(update={"verdict": Verdict.PASS, "reason": "", "adapter_log": CRASH}),
            "crashed instead of doing wrong: AttributeError: no attribute 'jumps'",
        ),
    ],
    ids=["it-passed", "another-reason", "another-step", "it-crashed"],
)
def test_anything_else_is_a_survival(result: Result, how: str) -> None:
    """A faulty tunnel whose own code breaks proves nothing about the scenario either."""
    assert (KILL.survived(result) or "").startswith(how)


@pytest.mark.parametrize(
    "text",
    [
        'REJECTED_BY = {"data/echo": {"step": "echo"}}\n',
        '"""Swaps bytes."""\n',
        '"""."""\nREJECTED_BY = {}\n',
        '"""."""\nREJECTED_BY = {"data/echo": {"observed": "x"}}\n',
        '"""."""\nREJECTED_BY = {"data/echo": "x"}\n',
    ],
)
def test_a_faulty_tunnel_says_its_defect_and_what_rejects_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    """A file that leaves one of them out would claim nothing."""
    file = tmp_path / "swaps_bytes.py"
    file.write_text(text)
    monkeypatch.setattr(resources, "faulty_tunnels", lambda: (file,))
    with pytest.raises(UsageError, match="says in its docstring"):
        faulty_tunnels.__wrapped__()


def test_a_scenario_that_is_unknown_is_named_with_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A misspelt id would never be judged."""
    file = tmp_path / "swaps_bytes.py"
    file.write_text('"""."""\nREJECTED_BY = {"data/ecco": {"step": "echo", "observed": "x"}}\n')
    monkeypatch.setattr(resources, "faulty_tunnels", lambda: (file,))
    monkeypatch.setattr("harness.killing.faulty_tunnels", faulty_tunnels.__wrapped__)
    with pytest.raises(
        UsageError, match=r"REJECTED_BY names 'data/ecco', which is not a scenario \(did you mean 'data/echo'\?\)$"
    ):
        kills()


def test_a_faulty_tunnel_is_found_by_its_file() -> None:
    """That is what a shell completes."""
    assert kills(["tests/faulty/data/ignores_short_writes.py"]) == kills(["ignores_short_writes"])
