"""Runs the steps of one scenario on its stage."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from harness.errors import Failed, Over
from harness.scenario.language.model import Step
from harness.scenario.language.verb import OfflineVerb, Verb
from harness.scenario.stage.offline import OfflineStage
from harness.scenario.stage.stage import Stage
from harness.verdict.result import StepResult

StepObserver = Callable[[Step], AbstractContextManager[object]]


def run_steps(
    stage: OfflineStage,
    record: Callable[[StepResult], None],
    observe: StepObserver,
    hold: Callable[[OfflineStage, Step, Failed], None] | None,
) -> None:
    """Run the steps, and see afterwards that every fault took effect and that the healed world works.

    ``record`` hears of each step as it ends. After a step in which the tunnel failed, ``hold`` is called while
    everything still stands. Raises what ends a scenario, see :mod:`harness.errors`.
    """
    steps = stage.scenario.steps
    first_break = next((index for index, step in enumerate(steps) if step.verb.nature == "breaks"), 0)
    for index, step in enumerate(steps):
        turn = stage.clock.turn()
        stage.timeline.add("harness", "step", f"line {step.line}", step.text)
        try:
            with observe(step):
                _run(step.verb, stage)
        except Over:
            record(_step_result(step, stage, turn.began, "done"))
            break
        except BaseException as error:
            record(_step_result(step, stage, turn.began, type(error).__name__.lower()))
            if isinstance(error, Failed):
                if hold is not None:
                    hold(stage, step, error)
                _doubt(stage, step, error, at_a_barrier=index < first_break)
            raise
        record(_step_result(step, stage, turn.began, "done"))
        stage.clock.done(step.verb.nature, turn)
    stage.check_adapter()
    stage.prove_all()
    stage.check()
    stage.prove_probes()


def _doubt(stage: OfflineStage, step: Step, failed: Failed, *, at_a_barrier: bool) -> None:
    """See that the adapter, the faults and the world are as they should be: else it was not the tunnel that failed.

    Raises what the step failed of instead, and for a probe before anything was broken the requirement that it shows.
    """
    stage.hear_adapter()
    stage.check_adapter()
    stage.prove_all()
    stage.check()
    stage.prove_bastions()
    if at_a_barrier and step.verb.nature == "probes":
        stage.prove_world()
        raise Failed(failed.expected, f"{failed.observed}, before anything was broken", step.verb.shows()) from failed


def _run(verb: Verb, stage: OfflineStage) -> None:
    if isinstance(verb, OfflineVerb):
        verb.run(stage)
        return
    if not isinstance(stage, Stage):
        raise TypeError(f"{verb.verb} needs a world")
    verb.run(stage)


def _step_result(step: Step, stage: OfflineStage, began: float, ended: str) -> StepResult:
    at = began - stage.timeline.began
    return StepResult(
        text=step.text,
        action=step.verb.action,
        line=step.line,
        at=round(at, 3),
        seconds=round(time.monotonic() - began, 3),
        ended=ended,
    )
