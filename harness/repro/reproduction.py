"""One report, played against one implementation, and answered."""

from __future__ import annotations

import shlex

from harness.model import Model
from harness.repro.judgement import Answer, answer, broken
from harness.repro.outcome import Outcome
from harness.repro.play import RELIED_ON, Play, play_of
from harness.repro.report import Report
from harness.repro.scale import Played
from harness.scenario.requirements import catalogue
from harness.scenario.runner import Runner
from harness.scenario.shipped import shipped_scenarios
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result


class Broken(Model):
    """A requirement that was broken, the scenario that proves it, and the command that runs this scenario."""

    requirement: str
    level: str
    text: str
    scenario: str | None = None
    run: str | None = None


class Reproduction(Model):
    """What became of a report. Without ``answer`` nothing was found out, and ``result.reason`` says why.

    ``factor``: a second was played for so many. ``unsupported``: what the implementation says that it cannot do, and
    so was not asked for. ``result`` is the scenario that was run, with its timeline; it failed where a requirement was
    broken.
    """

    report: str
    title: str
    link: str | None
    what: str
    factor: float
    times: tuple[Played, ...]
    unsupported: tuple[str, ...]
    blind: bool
    answer: Answer | None
    outcome: Outcome | None
    breaks: tuple[Broken, ...]
    result: Result

    @property
    def drops(self) -> bool:
        """Whether the user lost the connection that was open."""
        return self.outcome is not None and self.outcome.drops

    @property
    def recovers(self) -> bool | None:
        """Whether a new connection worked in the end; None where the way was never free."""
        if self.outcome is None or self.outcome.back_at is None:
            return None
        return self.outcome.works_at is not None

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
    name: str, report: Report, implementation: str, fabric: str, factor: float | None = None, *, again: str
) -> Reproduction:
    """Play ``report`` and answer it; ``again`` is the command that does the same.

    Raises UsageError for unknown names, FabricBroken where the fabric cannot be had.
    """
    with open_runner(implementation, fabric) as runner:
        found = reproduce_with(runner, name, report, factor)
    return found.model_copy(update={"result": found.result.model_copy(update={"reproduce": again})})


def reproduce_with(runner: Runner, name: str, report: Report, factor: float | None = None) -> Reproduction:
    """Play ``report``, a second time without what the implementation says that it does not support, and answer it."""
    relied_on = RELIED_ON
    while True:
        play = play_of(name, report, factor=factor, relied_on=relied_on)
        result = runner(play.scenario)
        if result.verdict is not Verdict.UNSUPPORTED or result.reason not in relied_on:
            break
        relied_on -= {result.reason}
    return _answered(name, report, play, result, tuple(sorted(RELIED_ON - relied_on)))


def _answered(name: str, report: Report, play: Play, result: Result, unsupported: tuple[str, ...]) -> Reproduction:
    outcome = play.notes.outcome if result.verdict is Verdict.PASS else None
    requirements = () if outcome is None else broken(play.expected, outcome)
    return Reproduction(
        report=name,
        title=report.title,
        link=report.link,
        what=report.network.in_words(),
        factor=play.scale.factor,
        times=tuple(play.scale.times),
        unsupported=unsupported,
        blind=play.expected.blind,
        answer=None if outcome is None else answer(outcome, requirements),
        outcome=outcome,
        breaks=tuple(_requirement(one, result) for one in requirements),
        result=_judged(result, outcome, requirements),
    )


def _judged(result: Result, outcome: Outcome | None, requirements: tuple[str, ...]) -> Result:
    """Return the result with the verdict that the outcome asks for: its steps looked, and judged nothing."""
    if outcome is None or not requirements:
        return result
    expected = f"{requirements[0]}: {catalogue()[requirements[0]].text}"
    new = ", ".join(dict.fromkeys(outcome.tries))
    observed = f"the open connection was {outcome.request}; new connections: {new}"
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
