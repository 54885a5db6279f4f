"""Corrects a result of allure-pytest before it is written: words of tunspec instead of Python's.

allure-pytest gives a message the name of an exception, a trace the form of a tuple, and an identity the path of a
file, which differs from one machine to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import allure_commons

from harness.report.allure.identity import identity
from harness.report.matrix.view import FEATURES
from harness.report.text import account
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result


class Named(Protocol):
    """A parameter or a label, as allure-python-commons keeps it."""

    name: str
    value: str


class Step(Protocol):
    """The part of a step that is corrected."""

    steps: list[Step]
    statusDetails: Mapping[str, str] | None  # noqa: N815 -- Allure's name


class Written(Protocol):
    """The part of a result that is corrected."""

    fullName: str  # noqa: N815 -- Allure's name
    testCaseId: str  # noqa: N815 -- Allure's name
    historyId: str  # noqa: N815 -- Allure's name
    statusDetails: Mapping[str, str] | None  # noqa: N815 -- Allure's name
    titlePath: list[str]  # noqa: N815 -- Allure's name
    labels: list[Named]
    parameters: list[Named]
    steps: list[Step]


class _Corrector:
    """Hears of each result before it is written; ``about`` is the scenario that it is of."""

    about: Result | None = None

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Written) -> None:
        about, self.about = self.about, None
        if about is not None:
            _correct(result, about)


_corrector = _Corrector()


def put_into_words(result: Result) -> None:
    """Have the next result that is written speak of ``result``."""
    if not allure_commons.plugin_manager.is_registered(_corrector):
        allure_commons.plugin_manager.register(_corrector)
    _corrector.about = result


def _correct(written: Written, about: Result) -> None:
    written.fullName = about.scenario
    conditions = [(one.name, one.value) for one in written.parameters]
    written.testCaseId, written.historyId = identity(about.scenario, conditions)
    written.titlePath = about.scenario.partition("[")[0].split("/")
    written.statusDetails = None if about.verdict is Verdict.PASS else details(about)
    written.labels = [one for one in written.labels if one.name not in ("package", "subSuite")]
    for step in _all(written.steps):
        if step.statusDetails is not None:
            step.statusDetails = _of_step(step.statusDetails)


def _all(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.steps)


def _of_step(details: object) -> Mapping[str, str]:
    """Return the details without the exception's name and Python's traceback."""
    _, _, text = str(getattr(details, "message", "")).partition(": ")
    return {"message": text.strip()}


def details(result: Result) -> Mapping[str, str]:
    """Return what Allure shows of a result that did not pass; Allure 3 compares ``expected`` with ``actual``."""
    found = {"message": message(result), "trace": account(result)}
    if result.expected is not None:
        found |= {"expected": result.expected, "actual": result.observed or ""}
    return found


def message(result: Result, verdict: str | None = None) -> str:
    """Return the few lines that stand for the result in lists; its first word is the verdict."""
    return "\n".join((f"{verdict or result.verdict.value}: {_headline(result)}", *_lines(result)))


def _headline(result: Result) -> str:
    if result.verdict is Verdict.FAIL:
        return f"{', '.join(result.broken or result.covers) or result.scenario} broken"
    if result.verdict is Verdict.UNSUPPORTED and result.reason in FEATURES:
        return f"{FEATURES[result.reason]} ({result.reason})"
    return " ".join(result.reason.split())


def _lines(result: Result) -> Iterator[str]:
    if result.expected is not None:
        yield f"expected: {result.expected}"
        yield f"observed: {result.observed or 'nothing'}"
    if result.verdict is Verdict.FAIL:
        yield from (f"evidence: {proof}" for proof in result.evidence)
