"""What Allure is told, without a run: sentences, links, conditions, who ran it, and what the gate makes of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from harness.report.allure import marks
from harness.report.allure.categories import CATEGORIES, COVERAGE_LOST, FIXED, KNOWN_FAIL
from harness.report.allure.folder import _executor
from harness.report.allure.links import BASE, links
from harness.report.allure.marks import Mark
from harness.report.allure.sentences import sentence
from harness.report.allure.telling import Conditions
from harness.scenario.areas import AREAS, SENTENCES
from harness.scenario.requirements import catalogue
from harness.scenario.shipped import shipped_scenarios

if TYPE_CHECKING:
    from pathlib import Path


def test_every_step_that_ships_is_a_sentence() -> None:
    """With its quantities, and nothing that only the language of scenarios has."""
    told = {sentence(step) for scenario in shipped_scenarios().values() for step in scenario.steps}
    assert {
        text for text in told if not re.match(r"[A-Z][a-z]+ ", text) or re.search(r"\bto-|\{|Undefined", text)
    } == set()


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("liveness/frozen_server", "Freeze bastion: its processes stop, its kernel still acknowledges packets"),
        ("liveness/frozen_server", "Expect the held connections to be closed within 2.6 s to 5.8 s"),
        ("reconnect/link_reset", "Reset every connection of the link to bastion"),
    ],
)
def test_a_step_reads_as_a_sentence(scenario: str, told: str) -> None:
    """What is done, to what, and for how long."""
    steps = [step for name, one in shipped_scenarios().items() if name.startswith(scenario) for step in one.steps]
    assert told in map(sentence, steps)


def test_every_area_is_explained() -> None:
    """A feature says what it is."""
    assert SENTENCES.keys() == AREAS.keys()


def test_links_lead_to_the_files_on_the_web() -> None:
    """Where the environment says where they are."""
    scenario = shipped_scenarios()["data/echo"]
    covered = [catalogue()["TUN-1"]]
    found = [one.url for one in links(scenario, "golang", covered, {BASE: "https://example.org/blob/main/"})]
    assert found[0] == f"https://example.org/blob/main/scenarios/data/echo.yaml#L{scenario.line}"
    assert re.fullmatch(r"https://example\.org/blob/main/scenarios/requirements\.yaml#L\d+", found[1])
    assert found[-1] == "https://example.org/blob/main/docs/findings/golang.md"


def test_each_requirement_has_an_address_of_its_own() -> None:
    """Allure shows one link for each address."""
    scenario = shipped_scenarios()["liveness/frozen_server"]
    covered = [catalogue()[name] for name in ("LIV-3", "LIV-4")]
    found = [one.url for one in links(scenario, "mine", covered, {}) if one.name.startswith("requirement")]
    assert len(set(found)) == len(covered)


def test_a_path_is_the_same_implementation_on_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has one history in every checkout."""
    monkeypatch.chdir(tmp_path)
    assert Conditions(str(tmp_path / "mine" / "adapter"), "embedded").name == "./mine/adapter"


def test_other_conditions_are_other_parameters() -> None:
    """So that nothing that was judged otherwise counts as a retry."""
    plain, special = (
        dict(Conditions("openssh", "docker", *more).parameters()) for more in ((), ("10", True, "2 of 20"))
    )
    assert special.items() - plain.items() == {
        ("OpenSSH on the bastions", "10"),
        ("times", "real"),
        ("round", "2 of 20"),
    }


def test_trends_are_in_the_order_of_builds() -> None:
    """Allure 2 sorts by it."""
    assert _executor({"GITHUB_ACTIONS": "true", "GITHUB_RUN_NUMBER": "17"})["buildOrder"] == 17
    assert _executor({"GITLAB_CI": "true", "CI_PIPELINE_IID": "8"})["buildOrder"] == 8


def _results(folder: Path) -> dict[str, dict[str, Any]]:
    found = [json.loads(file.read_text()) for file in folder.glob("*-result.json")]
    return {one["fullName"]: one for one in found}


@pytest.mark.parametrize(
    ("verdict", "status", "category"),
    [
        (KNOWN_FAIL, "failed", "Known failure"),
        (FIXED, "passed", "Fixed"),
        (COVERAGE_LOST, "skipped", "Coverage lost"),
    ],
)
def test_what_the_gate_makes_of_it_stands_in_the_result(
    tmp_path: Path, verdict: str, status: str, category: str
) -> None:
    """Its label, its category and the link of the waiver; what was observed stays."""
    before = {
        "fullName": "data/echo",
        "status": "failed",
        "labels": [{"name": "verdict", "value": "fail"}],
        "statusDetails": {"message": "fail: TUN-1 broken\nexpected: x", "trace": "the account"},
    }
    (tmp_path / "1-result.json").write_text(json.dumps(before))
    marks.put(tmp_path, {"data/echo": Mark(verdict, "SHA-1 only", "https://example.org/7")})
    result = _results(tmp_path)["data/echo"]
    message = result["statusDetails"]["message"]
    assert (result["status"], message) == (status, f"{verdict}: SHA-1 only\nexpected: x")
    assert result["labels"] == [{"name": "verdict", "value": verdict}]
    assert result["links"][0]["url"] == "https://example.org/7"
    (named,) = [one["name"] for one in CATEGORIES if re.fullmatch(str(one["messageRegex"]), message)]
    assert str(named).startswith(category)


def test_what_was_not_selected_any_more_is_coverage_lost(tmp_path: Path) -> None:
    """It has no result of its own, and gets one of the same implementation."""
    implementation = {"name": "implementation", "value": "mine"}
    like = {"fullName": "data/echo", "parameters": [implementation], "labels": []}
    (tmp_path / "1-result.json").write_text(json.dumps(like))
    marks.put(tmp_path, {"auth/key[rsa]": Mark(COVERAGE_LOST, "it passed before; it was not selected")})
    lost = _results(tmp_path)["auth/key[rsa]"]
    assert (lost["status"], lost["parameters"]) == ("skipped", [implementation, {"name": "case", "value": "rsa"}])
