"""Tells Allure of a scenario: its name, what it covers, who was judged, its verdict and its logs.

The scenario's id is the identity and the implementation a parameter, so that one scenario judged for two
implementations has two histories. A ``fail`` is Allure's failed, ``error`` and ``inconclusive`` are broken,
``unsupported`` and ``not-run`` are skipped; the label ``verdict`` tells them apart.
"""

from __future__ import annotations

import allure

from harness.report.text import timeline_lines
from harness.scenario.model import Scenario
from harness.verdict.result import Result

_SEVERITIES = {
    "must": allure.severity_level.CRITICAL,
    "should": allure.severity_level.NORMAL,
    "may": allure.severity_level.MINOR,
}


def introduce(scenario: Scenario, implementation: str, fabric: str) -> None:
    """Say what is about to be judged; the step context of allure does the rest."""
    allure.dynamic.title(scenario.title)
    allure.dynamic.parameter("implementation", implementation)
    allure.dynamic.parameter("fabric", fabric)
    allure.dynamic.feature(scenario.area)
    for requirement in scenario.spec.covers:
        allure.dynamic.story(requirement)
    allure.dynamic.severity(_SEVERITIES[scenario.level])
    allure.dynamic.tag(scenario.topology)
    if scenario.spec.why:
        allure.dynamic.description(scenario.spec.why)


def conclude(result: Result) -> None:
    """Attach what is known at the end."""
    allure.dynamic.label("verdict", result.verdict.value)
    text = allure.attachment_type.TEXT
    allure.attach("\n".join(timeline_lines(result.timeline)), "timeline", text)
    if result.adapter_log:
        allure.attach(result.adapter_log, "adapter's stderr", text)
    for lane in ("bastion", "target"):
        log = [entry for entry in result.timeline if entry.lane == lane and entry.kind == "log"]
        if log:
            allure.attach("\n".join(timeline_lines(log)), f"{lane} log", text)
    if result.evidence:
        allure.attach("\n".join(result.evidence), "evidence", text)
    allure.attach(result.reproduce, "run again", text)
