"""Tells Allure of a scenario: its name, what it covers, who was judged, its verdict and its logs.

The scenario's id is the identity and the implementation a parameter, so that one scenario judged for two
implementations has two histories. A ``fail`` is Allure's failed, ``error`` and ``inconclusive`` are broken,
``unsupported`` and ``not-run`` are skipped; the label ``verdict`` tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress

import allure
import pytest

from harness.errors import Failed, NotRun, Unsupported
from harness.report.picture import picture
from harness.report.text import timeline_lines
from harness.scenario.areas import AREAS
from harness.scenario.harm import Harm, harm
from harness.scenario.language.model import Scenario
from harness.scenario.requirements import catalogue
from harness.text.harmless import harmless
from harness.verdict.result import Result

_SEVERITIES: Mapping[Harm, str] = {
    "data": allure.severity_level.BLOCKER,
    "secrets": allure.severity_level.BLOCKER,
    "tunnel": allure.severity_level.CRITICAL,
    "time": allure.severity_level.NORMAL,
    "little": allure.severity_level.MINOR,
}
"""The gravest first."""


class _Word:
    """A parameter's value, which Allure would show as Python writes a string."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class StepFailed(AssertionError):
    """What Allure is shown of a step in which the implementation did wrong."""


class StepBroken(Exception):
    """What Allure is shown of a step that could not be judged."""


def introduce(scenario: Scenario, implementation: str, fabric: str) -> None:
    """Say what is about to be judged."""
    _, _, case = scenario.id.partition("[")
    case = case.removesuffix("]")
    allure.dynamic.title(f"{scenario.title}: {case.replace('-', ' ')}" if case else scenario.title)
    allure.dynamic.parameter("implementation", _Word(implementation))
    allure.dynamic.parameter("fabric", _Word(fabric))
    if case:
        allure.dynamic.parameter("case", _Word(case))
    allure.dynamic.epic(scenario.scope)
    allure.dynamic.feature(AREAS.get(scenario.area, scenario.area))
    covered = [catalogue()[name] for name in scenario.spec.covers if name in catalogue()]
    for requirement in covered:
        allure.dynamic.story(f"{requirement.id}: {requirement.text}")
        for source in requirement.sources:
            if source.startswith("https://"):
                allure.dynamic.link(source, name=f"{requirement.id}: {source.removeprefix('https://')}")
    harms = {harm(one) for one in covered} or {"tunnel"}
    allure.dynamic.severity(next(severity for kind, severity in _SEVERITIES.items() if kind in harms))
    if scenario.topology is not None:
        allure.dynamic.tag(scenario.topology)
    if scenario.spec.why:
        allure.dynamic.description(scenario.spec.why)


def steps(redact: Callable[[str], str]) -> Callable[[str], AbstractContextManager[None]]:
    """Return what shows each step to Allure, without the secrets that its failure may hold."""

    @contextmanager
    def step(text: str) -> Iterator[None]:
        failure: BaseException | None = None
        with suppress(StepFailed, StepBroken, pytest.skip.Exception), allure.step(text):
            try:
                yield
            except BaseException as error:  # noqa: BLE001 -- raised again below, in its own form
                failure = error
                raise _shown(error, harmless(redact(str(error)))) from None
        if failure is not None:
            raise failure

    return step


def _shown(error: BaseException, text: str) -> BaseException:
    match error:
        case Failed():
            return StepFailed(text)
        case Unsupported() | NotRun():
            return pytest.skip.Exception(text)
        case _:
            return StepBroken(f"{type(error).__name__}: {text}")


def conclude(result: Result) -> None:
    """Attach what is known at the end."""
    allure.dynamic.label("verdict", result.verdict.value)
    text = allure.attachment_type.TEXT
    allure.attach(picture(result), "timeline picture", allure.attachment_type.SVG)
    allure.attach("\n".join(timeline_lines(result.timeline)), "timeline", text)
    if result.adapter_log:
        allure.attach(result.adapter_log, "adapter's stderr", text)
    for lane in ("bastion", "target"):
        log = [entry for entry in result.timeline if entry.lane == lane]
        if log:
            allure.attach("\n".join(timeline_lines(log)), f"{lane} log", text)
    if result.evidence:
        allure.attach("\n".join(result.evidence), "evidence", text)
    allure.attach(result.reproduce, "run again", text)
