"""Allure results, read as the JSON that they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from harness.report.allure_folder import CATEGORIES

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
    assert {("epic", "core"), ("feature", "mine"), ("severity", "blocker"), ("tag", "single_bastion")} <= labels
    assert any(name == "story" and value.startswith("TUN-1: What a client sends") for name, value in labels)


def test_a_failed_step_is_failed_and_says_why(every_verdict: Outputs) -> None:
    """Steps are the scenario's own."""
    (opened,) = every_verdict.allure("fail")["steps"]
    assert (opened["name"], opened["status"]) == ("open", "failed")
    assert "expected the answer; observed silence" in opened["statusDetails"]["message"]


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


@pytest.mark.parametrize(
    ("verdict", "category"),
    [
        ("fail", "Nonconformant"),
        ("inconclusive", "Inconclusive"),
        ("error", "Broken"),
        ("unsupported", "Unsupported"),
        ("not-run", "Not run"),
    ],
)
def test_each_verdict_has_a_category(every_verdict: Outputs, verdict: str, category: str) -> None:
    """The first that matches, as Allure looks."""
    result = every_verdict.allure(verdict)
    message = result["statusDetails"]["message"]
    found = next(
        one["name"]
        for one in CATEGORIES
        if result["status"] in one["matchedStatuses"] and re.fullmatch(one.get("messageRegex", "(?s).*"), message)
    )
    assert found.startswith(category)
