"""Reports as scenario files: what was played is demanded from then on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.adapter.registry import resolve
from harness.errors import UsageError
from harness.repro.as_scenario import scenario_text
from harness.repro.play import play_of
from harness.repro.report import DropReport, changed, find, shipped
from harness.scenario.language.model import Scenario
from harness.scenario.loader import load
from harness.scenario.runner import Runner
from harness.verdict.lattice import Verdict

COMMAND = "tunspec repro x --as-scenario x.yaml"


def written(report: DropReport, folder: Path) -> Scenario:
    """Return the scenario that is read from the file of a report."""
    file = folder / "drop.yaml"
    file.write_text(scenario_text(report, play_of("drop", report), COMMAND))
    (scenario,) = load(file)
    return scenario


def verbs(scenario: Scenario) -> list[str]:
    """Return the names of its steps."""
    return [step.verb.verb for step in scenario.steps]


@pytest.mark.parametrize("name", shipped())
def test_every_report_that_ships_makes_a_scenario(name: str, tmp_path: Path) -> None:
    """With its words, its link, and the settings and waits as they were played."""
    _, report = find(name, {})
    scenario = written(report, tmp_path)
    played = play_of(name, report).scenario
    assert scenario.title == report.title
    assert str(report.link) in scenario.path.read_text()
    assert scenario.spec.tunnel == played.spec.tunnel
    assert scenario.spec.bastions == played.spec.bastions
    assert set(scenario.spec.covers) <= {*played.spec.covers, "REC-6"}


def test_what_only_looked_is_expected(tmp_path: Path) -> None:
    """A break that nothing tells must be noticed, and the tunnel must work again when it is over."""
    told = {"idle": "1min", "network": {"silence": "5min"}}
    scenario = written(changed({"title": "Silence for a while"}, told), tmp_path)
    assert verbs(scenario) == ["open", "connect", "wait", "stall", "wait", "resume", "expect", "works_again"]
    assert scenario.spec.why is not None


def test_several_breaks_have_clients_of_their_own(tmp_path: Path) -> None:
    """Those of the first are not taken for those of the second."""
    told = {"network": [{"restart": "5s"}, {"restart": "5s"}]}
    scenario = written(changed({"title": "Restarted twice in a row"}, told), tmp_path)
    assert "as: held," not in scenario.path.read_text().partition("held-2")[2]
    assert verbs(scenario).count("works_again") == 2


def test_several_tunnels_are_opened_together(tmp_path: Path) -> None:
    """They are called after it from then on."""
    _, report = find("other_tunnel", {})
    text = written(report, tmp_path).path.read_text()
    assert "open_together: {count: 2, as: tunnel," in text
    assert "close: tunnel-2" in text


def test_a_report_that_demands_nothing_makes_none(tmp_path: Path) -> None:
    """A tunnel that has no way back and nothing to notice by breaks nothing."""
    told = {"network": {"silence": "for ever"}, "tunnel": {"keepalive": {"interval": "0"}}}
    with pytest.raises(UsageError, match="nothing in it is demanded"):
        written(changed({"title": "Silence and no keep-alives"}, told), tmp_path)


@pytest.mark.parametrize(
    ("implementation", "verdict"), [("reference", Verdict.PASS), ("faulty:forwards_by_the_dead_session", Verdict.FAIL)]
)
def test_the_scenario_judges_as_the_report_did(
    implementation: str, verdict: Verdict, tmp_path: Path, embedded: Runner
) -> None:
    """It passes for a sound tunnel, and fails for the one that the report is about."""
    _, report = find("hangs_after_reconnect", {})
    result = replace(embedded, launch=resolve(implementation))(written(report, tmp_path))
    assert result.verdict is verdict, result.reason
