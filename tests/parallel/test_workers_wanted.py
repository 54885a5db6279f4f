"""How many worker processes a run starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psutil
import pytest

from harness.command.run import workers_for
from harness.command.selection import Selection
from harness.scenario.language.model import SCOPES

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import WriteScenario

MOST = 4 * (psutil.cpu_count(logical=True) or 1)


@pytest.mark.parametrize(
    ("scenarios", "workers"), [(None, MOST), (1000, MOST), (3, 3), (1, 0)], ids=["all", "many", "three", "one"]
)
def test_no_more_workers_start_than_there_are_scenarios(scenarios: int | None, workers: int) -> None:
    """A single scenario is run by the process that was asked for it."""
    assert workers_for("auto", scenarios) == workers


def test_a_number_is_taken_as_it_is() -> None:
    """Whoever asks for workers gets them."""
    assert workers_for("6", 1) == 6


def test_the_cases_of_all_that_is_named_are_counted(tmp_path: Path, write_scenario: WriteScenario) -> None:
    """A file counts with each of its cases, one case as one, a folder with all that is below it."""
    file = write_scenario(tmp_path / "mine" / "one.yaml", more="cases: {a: {}, b: {}}")
    assert len(Selection((str(file), f"{file}[a]", str(tmp_path))).preview(SCOPES).scenarios) == 2 + 1 + 2


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        ({"marker": "freeze"}, ["mine/frozen"]),
        ({"marker": "not freeze"}, ["mine/plain"]),
        ({"marker": "quick and must"}, ["mine/frozen", "mine/plain"]),
        ({"keyword": "froz"}, ["mine/frozen"]),
        ({"level": "may"}, []),
    ],
)
def test_only_what_is_selected_is_counted(
    tmp_path: Path, write_scenario: WriteScenario, selection: dict[str, Any], found: list[str]
) -> None:
    """By marker, name and level."""
    write_scenario(tmp_path / "mine" / "plain.yaml")
    write_scenario(tmp_path / "mine" / "frozen.yaml", steps="open, freeze: bastion")
    preview = Selection((str(tmp_path),), **selection).preview(SCOPES)
    assert [one.id for one in preview.scenarios] == found
