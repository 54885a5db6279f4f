"""One report, played against one implementation, and answered."""

from __future__ import annotations

import shlex

from harness.model import Record
from harness.repro.clock import RealClock, clock_of
from harness.repro.judgement import Answer, answer, broken
from harness.repro.outcome import LoginTimes, Outcome
from harness.repro.play import RELIED_ON, Play, play_of
from harness.repro.report import DropReport
from harness.repro.scale import Played
from harness.scenario.requirements import catalogue
from harness.scenario.runner import Runner
from harness.scenario.shipped import shipped_scenarios
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result


class Broken(Record):
    """A requirement that was broken, the scenario that proves it, and the command that runs this scenario."""

    requirement: str
    level: str
    text: str
    scenario: str | None = None
    run: str | None = None


class Reproduction(Record):
    """What became of a report. Without ``answer`` nothing was found out, and ``result.reason`` says why.

    ``factor``: a second was played for so many, where time was scaled at all; ``clock`` tells where. ``unsupported``:
    what the implementation says that it cannot do, and so was not asked for. ``outcomes`` has one for each break that
    was played, ``outcome`` is the one that the answer is about. ``advice``: what to set to what, where one suffers.
    ``result`` is the scenario that was run, with its timeline; it failed where a requirement was broken.
    """

    report: str
    title: str
    link: str | None
    what: str
    factor: float
    times: tuple[Played, ...]
    clock: RealClock
    unsupported: tuple[str, ...]
    blind: bool
    answer: Answer | None
    login: LoginTimes | None
    outcome: Outcome | None
    outcomes: tuple[Outcome, ...]
    advice: tuple[str, ...]
    breaks: tuple[Broken, ...]
    result: Result

    @property
    def opens(self) -> bool:
        """Whether every tunnel logged in."""
        return self.login is not None and not self.login.failed

    @property
    def drops(self) -> bool:
        """Whether the user lost a connection that was open."""
        return any(one.drops for one in self.outcomes)

    @property
    def noticed(self) -> bool:
        """Whether the implementation let anyone know of whatever went wrong."""
        return not self.opens or all(one.noticed for one in self.outcomes if one.drops)

    @property
    def recovers(self) -> bool | None:
        """Whether a new connection worked in the end; None where the way was never free."""
        return self.outcomes[-1].recovers if self.outcomes else None

    @property
    def exit_status(self) -> Exit:
        """The exit status of ``tunspec repro``."""
        if self.answer is not None:
            return Exit.NONCONFORMANT if self.answer is Answer.BROKE else Exit.CONFORMS
        match self.result.verdict:
            case Verdict.ERROR:
                return Exit.BROKEN
            case Verdict.UNSUPPORTED | Verdict.NOT_RUN:
                return Exit.NOTHING_RUN
            case _:
                return Exit.INCONCLUSIVE


def reproduce(
    name: str, report: DropReport, implementation: str, fabric: str, factor: float | None = None, *, again: str
) -> Reproduction:
    """Play ``report`` and answer it; ``again`` is the command that does the same.

    Raises UsageError for unknown names, FabricBroken where the fabric cannot be had.
    """
    with open_runner(implementation, fabric) as runner:
        found = reproduce_with(runner, name, report, factor)
    return found.model_copy(update={"result": found.result.model_copy(update={"reproduce": again})})


def reproduce_with(runner: Runner, name: str, report: DropReport, factor: float | None = None) -> Reproduction:
    """Play ``report``, a second time without what the implementation says that it does not support, and answer it."""
    relied_on = RELIED_ON
    while True:
        play = play_of(name, report, factor=factor, relied_on=relied_on)
        result = runner(play.scenario)
        if result.verdict is not Verdict.UNSUPPORTED or result.reason not in relied_on:
            break
        relied_on -= {result.reason}
    return _answered(name, report, play, result, tuple(sorted(RELIED_ON - relied_on)))


def _answered(name: str, report: DropReport, play: Play, result: Result, unsupported: tuple[str, ...]) -> Reproduction:
    login = play.notes.login if result.verdict is Verdict.PASS else None
    outcomes = tuple(play.notes.outcomes) if result.verdict is Verdict.PASS else ()
    found = [broken(one.expected, login, outcome) for one, outcome in zip(play.judged, outcomes, strict=False)]
    requirements = tuple(dict.fromkeys(one for some in found for one in some))
    outcome = _decisive(outcomes, found)
    answered = answer(outcomes, requirements) if outcomes else None
    suffers = bool(requirements) or answered not in {None, Answer.SURVIVED}
    events = [one.event for one in play.rounds]
    advice = tuple(dict.fromkeys(said for event in events if (said := event.advice(play.now)))) if suffers else ()
    told = _judged(result, outcome, login, requirements)
    return Reproduction(
        report=name,
        title=report.title,
        link=report.link,
        what=report.what,
        factor=play.scale.factor,
        times=tuple(play.scale.times),
        clock=clock_of(play.scenario.steps, result.steps, outcomes, play.noticing),
        unsupported=unsupported,
        blind=play.blind,
        answer=answered,
        login=login,
        outcome=outcome,
        outcomes=outcomes,
        advice=advice,
        breaks=tuple(_requirement(one, result) for one in requirements),
        result=told.model_copy(update={"steps": tuple(step for step in told.steps if step.text)}),
    )


def _decisive(outcomes: tuple[Outcome, ...], found: list[tuple[str, ...]]) -> Outcome | None:
    """Return the outcome that the answer is about: the first that breaks something, else the last that drops."""
    breaking = [outcome for outcome, some in zip(outcomes, found, strict=False) if some]
    dropping = [outcome for outcome in outcomes if outcome.drops]
    return next(iter([*breaking, *reversed(dropping), *reversed(outcomes)]), None)


def _judged(result: Result, outcome: Outcome | None, login: LoginTimes | None, requirements: tuple[str, ...]) -> Result:
    """Return the result with the verdict that the outcome asks for: its steps looked, and judged nothing."""
    if outcome is None or not requirements:
        return result
    expected = f"{requirements[0]}: {catalogue()[requirements[0]].text}"
    observed = (
        f"{login.failed} of {login.tunnels} tunnels did not open: {login.message}"
        if login and login.failed
        else "the user was not shown what the server said"
        if login and login.told is False
        else f"the open connection was {outcome.request}; new connections: {', '.join(dict.fromkeys(outcome.tries))}"
    )
    changes = {
        "verdict": Verdict.FAIL,
        "covers": requirements,
        "expected": expected,
        "observed": observed,
        "reason": f"expected {expected}; observed {observed}",
    }
    return result.model_copy(update=changes)


def _requirement(name: str, result: Result) -> Broken:
    requirement = catalogue()[name]
    covering = [one for one in shipped_scenarios().values() if name in one.spec.covers]
    covering.sort(key=lambda one: (one.topology != result.topology, len(one.spec.covers), one.id))
    scenario = covering[0].id.partition("[")[0] if covering else None
    words = ["tunspec", "run", "--impl", result.implementation.asked_for, "--fabric", result.fabric, scenario or ""]
    return Broken(
        requirement=name,
        level=requirement.level,
        text=requirement.text,
        scenario=scenario,
        run=shlex.join(words) if scenario else None,
    )
