"""The reports of shards become one."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.gate.merge import IncompleteRun, merge
from harness.report import model
from harness.verdict.lattice import Exit, Verdict
from tests.gate.conftest import MakeReport, MakeResult

A, B = Path("a.jsonl"), Path("b.jsonl")


def part(report: model.Report, number: int, of: int = 2, **header: object) -> model.Report:
    """Return the report as that of a shard, its header changed."""
    changed = report.header.model_copy(update={"shard": (number, of), **header})
    return report.model_copy(update={"header": changed})


@pytest.fixture
def parts(make_result: MakeResult, make_report: MakeReport) -> tuple[model.Report, model.Report]:
    """Two shards of a run: a pass and a failure."""
    one, other = make_result(Verdict.PASS), make_result(Verdict.FAIL, "data/drip")
    return part(make_report(one), 1), part(make_report(other), 2)


def test_shards_become_one_run(parts: tuple[model.Report, model.Report], tmp_path: Path) -> None:
    """With all results, sorted, and the exit status of the whole; it can be read like any report."""
    whole = merge({B: parts[1], A: parts[0]})
    assert [result.scenario for result in whole.results] == ["data/drip", "data/echo"]
    assert (whole.footer.exit_status, whole.header.shard) == (Exit.NONCONFORMANT, None)
    model.write(tmp_path / "whole.jsonl", whole)
    assert model.read(tmp_path / "whole.jsonl") == whole


@pytest.mark.parametrize(
    "other",
    [{"run": "8"}, {"tunspec": "0.2"}, {"implementation": "./other"}, {"fabric": "docker"}, {"selection": ("data",)}],
    ids=lambda other: next(iter(other)),
)
def test_shards_of_another_run_are_refused(parts: tuple[model.Report, model.Report], other: dict[str, object]) -> None:
    """What differs is named."""
    changed = parts[1].model_copy(update={"header": parts[1].header.model_copy(update=other)})
    with pytest.raises(IncompleteRun, match=rf"b.jsonl is not of the same run as a.jsonl: {next(iter(other))} is"):
        merge({A: parts[0], B: changed})


def test_a_missing_shard_is_never_green(parts: tuple[model.Report, model.Report]) -> None:
    """Its number is told."""
    with pytest.raises(IncompleteRun, match="of 2 shards, 2 is missing"):
        merge({A: parts[0]})


def test_the_same_shard_twice_is_refused(parts: tuple[model.Report, model.Report]) -> None:
    """Both files are named."""
    with pytest.raises(IncompleteRun, match=r"b.jsonl and a.jsonl are both shard 1"):
        merge({A: parts[0], B: parts[0]})


def test_a_scenario_in_two_shards_is_refused(parts: tuple[model.Report, model.Report]) -> None:
    """It would be counted twice."""
    with pytest.raises(IncompleteRun, match="data/echo is in two of the reports"):
        merge({A: parts[0], B: part(parts[0], 2)})


def test_a_shard_that_there_is_not_is_named(parts: tuple[model.Report, model.Report]) -> None:
    """Its number is beyond how many there are."""
    with pytest.raises(IncompleteRun, match=r"b.jsonl is shard 3 of 2, but there is no such shard"):
        merge({A: parts[0], B: part(parts[1], 3)})
