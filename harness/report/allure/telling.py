"""Tells Allure of a scenario while it runs: its name, what it covers, who is judged, its steps and its logs.

The scenario's id is the identity and the implementation a parameter, so that one scenario judged for two
implementations has two histories. A ``fail`` is Allure's failed, ``error`` and ``inconclusive`` are broken,
``unsupported`` and ``not-run`` are skipped; the label ``verdict`` tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import allure
import pytest

from harness.errors import Failed, NotRun, Unsupported
from harness.report.allure import wording
from harness.report.allure.links import links
from harness.report.allure.sentences import sentence
from harness.report.picture import picture
from harness.report.text import timeline_lines
from harness.scenario.areas import AREAS, SENTENCES
from harness.scenario.harm import Harm, harm
from harness.scenario.language.model import Scenario, Scope, Step
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

_SCOPES: Mapping[Scope, str] = {
    "core": "core: forwarding, logging in, host keys",
    "resilience": "resilience: what a tunnel does when things break",
    "page": "page: what one application's manual promises",
}


@dataclass(frozen=True)
class Conditions:
    """Under which one scenario is judged; runs under other conditions have another history."""

    implementation: str
    fabric: str
    sshd: str | None = None
    realtime: bool = False
    round: str | None = None

    @property
    def name(self) -> str:
        """The implementation; a path below the present folder is relative to it, so that it is the same elsewhere."""
        path = Path(self.implementation)
        inside = path.is_absolute() and path.is_relative_to(Path.cwd())
        return f"./{path.relative_to(Path.cwd()).as_posix()}" if inside else self.implementation

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Return them in words."""
        yield "implementation", self.name
        yield "fabric", self.fabric
        if self.sshd:
            yield "OpenSSH on the bastions", self.sshd
        if self.realtime:
            yield "times", "real"
        if self.round:
            yield "round", self.round


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


def introduce(scenario: Scenario, conditions: Conditions) -> None:
    """Say what is about to be judged."""
    _, _, case = scenario.id.partition("[")
    case = case.removesuffix("]")
    allure.dynamic.title(f"{scenario.title}: {case.replace('-', ' ')}" if case else scenario.title)
    for name, value in conditions.parameters():
        allure.dynamic.parameter(name, _Word(value))
    if case:
        allure.dynamic.parameter("case", _Word(case))
    area = AREAS.get(scenario.area, scenario.area)
    allure.dynamic.parent_suite(f"{conditions.name} on {conditions.fabric}")
    allure.dynamic.suite(area)
    allure.dynamic.epic(_SCOPES[scenario.scope])
    allure.dynamic.feature(f"{area}: {SENTENCES[scenario.area]}" if scenario.area in SENTENCES else area)
    covered = [catalogue()[name] for name in scenario.spec.covers if name in catalogue()]
    for requirement in covered:
        allure.dynamic.story(f"{requirement.id} ({requirement.level}): {requirement.text}")
    for link in links(scenario, conditions.implementation, covered):
        allure.dynamic.link(link.url, name=link.name)
    harms = {harm(one) for one in covered} or {"tunnel"}
    allure.dynamic.severity(next(severity for kind, severity in _SEVERITIES.items() if kind in harms))
    if scenario.spec.why:
        allure.dynamic.description(scenario.spec.why)


def steps(redact: Callable[[str], str]) -> Callable[[Step], AbstractContextManager[None]]:
    """Return what shows each step to Allure, without the secrets that its failure may hold."""

    @contextmanager
    def show(step: Step) -> Iterator[None]:
        failure: BaseException | None = None
        shown = allure.step(sentence(step))
        shown.params = {"as written": step.text, "line": str(step.line)}
        with suppress(StepFailed, StepBroken, pytest.skip.Exception), shown:
            try:
                yield
            except BaseException as error:  # noqa: BLE001 -- raised again below, in its own form
                failure = error
                raise _shown(error, harmless(redact(str(error)))) from None
        if failure is not None:
            raise failure

    return show


def _shown(error: BaseException, text: str) -> BaseException:
    match error:
        case Failed():
            return StepFailed(text)
        case Unsupported() | NotRun():
            return pytest.skip.Exception(text)
        case _:
            return StepBroken(text)


def conclude(result: Result) -> None:
    """Attach what is known at the end, and have the result say it in words."""
    wording.put_into_words(result)
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
    if Path(result.file).is_file():
        allure.attach.file(result.file, "scenario file", text)
    allure.attach(result.reproduce, "run again", text)
