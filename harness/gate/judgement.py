"""What the waivers make of a run: known failures, failures that are new, and waivers that must go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from harness.gate.terms import FailOn, Waiver
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result


@dataclass(frozen=True)
class Waived:
    """A result and the waiver that applies to it."""

    result: Result
    waiver: Waiver


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a waiver; ``line`` is its place in the file."""

    line: int
    message: str


@dataclass(frozen=True)
class Judgement:
    """The verdicts of a run in the light of the waivers.

    ``failures`` close the gate, and so do ``fixed`` and ``complaints``. ``known`` are failures that are waived,
    ``tolerated`` those whose level does not close the gate.
    """

    failures: tuple[Result, ...]
    tolerated: tuple[Result, ...]
    known: tuple[Waived, ...]
    fixed: tuple[Waived, ...]
    complaints: tuple[Complaint, ...]

    @property
    def closed(self) -> bool:
        """Whether any of it closes the gate."""
        return bool(self.failures or self.fixed or self.complaints)


def judge(
    results: Iterable[Result],
    waivers: Sequence[Waiver],
    *,
    known: Iterable[str],
    today: date,
    fail_on: Sequence[FailOn] = ("must", "should", "may"),
) -> Judgement:
    """Return what the waivers make of the results. ``known`` are the ids of all scenarios that there are."""
    results = tuple(results)
    everything = {*known, *(result.scenario for result in results)}
    open_failures: list[Result] = []
    waived: list[Waived] = []
    fixed: list[Waived] = []
    for result in results:
        about = [waiver for waiver in waivers if waiver.matches(result.scenario) and not waiver.expired(today)]
        if _failed(result, fail_on):
            excuse = next((waiver for waiver in about if waiver.excuses(result.reason)), None)
            if excuse is None:
                open_failures.append(result)
            else:
                waived.append(Waived(result, excuse))
        elif result.verdict is Verdict.PASS:
            fixed += [Waived(result, waiver) for waiver in about]
    return Judgement(
        failures=tuple(one for one in open_failures if _closes(one, fail_on)),
        tolerated=tuple(one for one in open_failures if not _closes(one, fail_on)),
        known=tuple(waived),
        fixed=tuple(fixed),
        complaints=tuple(_complaints(waivers, everything, today)),
    )


def _failed(result: Result, fail_on: Sequence[FailOn]) -> bool:
    unsupported = result.verdict is Verdict.UNSUPPORTED and "unsupported" in fail_on
    return result.verdict is Verdict.FAIL or unsupported


def _closes(result: Result, fail_on: Sequence[FailOn]) -> bool:
    return result.verdict is Verdict.UNSUPPORTED or result.level in fail_on


def _complaints(waivers: Sequence[Waiver], everything: set[str], today: date) -> Iterator[Complaint]:
    taken: dict[str, Waiver] = {}
    for waiver in waivers:
        about = {scenario for scenario in everything if waiver.matches(scenario)}
        if not about:
            yield Complaint(waiver.line, f"the waiver of {waiver.scenario} matches no scenario; remove it")
        if waiver.expired(today):
            yield Complaint(
                waiver.line,
                f"the waiver of {waiver.scenario} expired on {waiver.expires}; fix the failure, or renew the waiver",
            )
        for scenario in sorted(about & taken.keys())[:1]:
            earlier = taken[scenario]
            yield Complaint(
                waiver.line,
                f"{scenario} is waived twice, as {earlier.scenario} (line {earlier.line}) too; remove one of them",
            )
        taken |= dict.fromkeys(about, waiver)
