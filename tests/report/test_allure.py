"""Allure results, read as the JSON that they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from harness.report.allure.categories import CATEGORIES
from harness.report.allure.identity import identity

if TYPE_CHECKING:
    from conftest import Outputs


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("pass", "passed"),
        ("fail", "failed"),
        ("error", "broken"),
        ("inconclusive", "broken"),
        ("unsupported", "skipped"),
        ("not-run", "skipped"),
    ],
)
def test_each_verdict_has_its_status_and_its_label(every_verdict: Outputs, verdict: str, status: str) -> None:
    """Allure has fewer words than there are verdicts; the label tells them apart."""
    result = every_verdict.allure(verdict)
    assert result["status"] == status
    assert {"name": "verdict", "value": verdict} in result["labels"]


def test_the_implementation_is_a_parameter(every_verdict: Outputs) -> None:
    """So that two implementations have two histories."""
    values = {one["name"]: one["value"] for one in every_verdict.allure("fail")["parameters"]}
    assert values == {"implementation": "reference", "fabric": "embedded", "case": "one"}


def test_each_case_has_a_history_of_its_own(every_verdict: Outputs) -> None:
    """Two cases of one file are not two runs of one."""
    first, second = (every_verdict.allure("pass", case) for case in ("one", "two"))
    assert first["historyId"] != second["historyId"]


def test_the_scenario_describes_itself(every_verdict: Outputs) -> None:
    """Its title, its reason, what it covers, its area and its topology."""
    result = every_verdict.allure("fail")
    labels = {(one["name"], one["value"]) for one in result["labels"]}
    assert (result["name"], result["description"]) == (
        "Bytes sent through the tunnel come back: one",
        "It is what a tunnel is for.",
    )
    assert {
        ("epic", "core: forwarding, logging in, host keys"),
        ("feature", "mine"),
        ("severity", "blocker"),
        ("tag", "single_bastion"),
    } <= labels
    assert any(name == "story" and value.startswith("TUN-1 (must): ") for name, value in labels)


def test_a_failed_step_is_failed_and_says_why(every_verdict: Outputs) -> None:
    """As a sentence, with the words of the file beside it."""
    (opened,) = every_verdict.allure("fail")["steps"]
    assert (opened["name"], opened["status"]) == ("Open the tunnel", "failed")
    assert opened["statusDetails"] == {"message": "expected the answer; observed silence"}
    assert {"name": "as written", "value": "open"} in opened["parameters"]


def test_timeline_and_logs_are_attached(telltale: Outputs) -> None:
    """The adapter's and the server's, the evidence, and the command that runs it again."""
    result = telltale.allure("password")
    assert "I was given" in telltale.attachment(result, "adapter's stderr")
    assert "open" in telltale.attachment(result, "timeline")
    assert telltale.attachment(result, "run again").startswith("tunspec run --impl ")


@pytest.mark.parametrize("verdict", ["pass", "fail", "not-run"])
def test_every_scenario_has_its_picture(every_verdict: Outputs, verdict: str) -> None:
    """As an image that Allure shows."""
    result = every_verdict.allure(verdict)
    (attached,) = [one for one in result["attachments"] if one["name"] == "timeline picture"]
    assert attached["type"] == "image/svg+xml"
    assert every_verdict.attachment(result, "timeline picture").startswith("<svg ")


def test_the_log_of_the_server_is_attached(telltale: Outputs) -> None:
    """What the bastion saw stands beside what the adapter says."""
    assert "connected" in telltale.attachment(telltale.allure("password"), "bastion log")


def test_the_run_is_described(every_verdict: Outputs) -> None:
    """Who was judged, on what, by which version; and categories, for Allure has fewer words than there are verdicts."""
    environment = (every_verdict.folder / "allure" / "environment.properties").read_text()
    assert "Fabric=embedded\n" in environment
    assert "Scope=core" in environment
    assert json.loads((every_verdict.folder / "allure" / "executor.json").read_text())["name"]


def test_the_environment_says_what_the_share_of_passed_leaves_out(every_verdict: Outputs) -> None:
    """Allure itself does not say it."""
    environment = (every_verdict.folder / "allure" / "environment.properties").read_text()
    assert "Judged=mine: 5 of 7 (1 unsupported, 1 not-run)\n" in environment


def test_a_failure_is_explained_in_words(every_verdict: Outputs) -> None:
    """Expected, observed and evidence, in the message and in the trace, without a name of Python's."""
    details = every_verdict.allure("fail")["statusDetails"]
    assert details["message"].splitlines() == [
        "fail: TUN-1 broken",
        "expected: the answer",
        "observed: silence",
        "evidence: stall of to-bastion: 12 bytes held",
    ]
    assert (details["expected"], details["actual"]) == ("the answer", "silence")
    assert all(one in details["trace"] for one in ("the answer", "silence", "12 bytes held", "run again"))


def test_nothing_is_said_in_the_words_of_python(every_verdict: Outputs) -> None:
    """No class, no tuple, no traceback."""
    texts = "".join(file.read_text() for file in (every_verdict.folder / "allure").glob("*-result.json"))
    assert not re.search(r"Scenario(Failed|Broken|Inconclusive)|Step(Failed|Broken)|Skipped:|Traceback|\('", texts)


def test_a_scenario_is_recognised_wherever_its_file_lies(every_verdict: Outputs) -> None:
    """Its history depends on what was judged."""
    result = every_verdict.allure("fail")
    parameters = [("implementation", "reference"), ("fabric", "embedded"), ("case", "one")]
    assert (result["testCaseId"], result["historyId"]) == identity("mine/fail[one]", parameters)


def test_the_configuration_of_allure_3_is_there(every_verdict: Outputs) -> None:
    """It reads the categories beside it, so that both versions of Allure have the same."""
    assert "categories.json" in (every_verdict.folder / "allure" / "allurerc.mjs").read_text()


_VERDICTS = [
    ("fail", "Nonconformant"),
    ("inconclusive", "Inconclusive"),
    ("error", "Broken"),
    ("unsupported", "Unsupported"),
    ("not-run", "Not run"),
]


def _category(result: dict[str, Any]) -> str:
    """Return the name of the only category that matches, as Allure 2 matches: the whole message."""
    (found,) = [
        one["name"]
        for one in CATEGORIES
        if result["status"] in one["matchedStatuses"]
        and re.fullmatch(one["messageRegex"], result["statusDetails"]["message"])
    ]
    return str(found)


@pytest.mark.parametrize(("verdict", "category"), _VERDICTS)
def test_each_verdict_has_a_category(every_verdict: Outputs, verdict: str, category: str) -> None:
    """One and no other."""
    assert _category(every_verdict.allure(verdict)).startswith(category)
