"""The steps, a row each: what the scenario asked for, from when to when."""

from __future__ import annotations

from harness.report.picture.measure import fit
from harness.report.picture.page import EDGE, ROW, SIZE, Page
from harness.report.story import moment_of
from harness.verdict.result import Result, StepResult

_THINNEST = 3.0
_ASIDE = 5.0


def draw_steps(page: Page, result: Result, end: float, y: float) -> float:
    """Draw them from ``y`` downwards, and the rest until ``end`` seconds; return where the next part begins."""
    if not result.steps:
        return y
    page.gutter(y, "steps", bold=True)
    for number, step in enumerate(result.steps, start=1):
        _draw_step(page, step, number, y)
        y += ROW
        if step.ended != "done":
            _draw_failure(page, result, step, y)
            y += ROW
    _draw_rest(page, moment_of(result.steps[-1]), end, y)
    return y + ROW + 6


def _draw_rest(page: Page, begin: float, end: float, y: float) -> None:
    """Draw what comes after the last step: the adapter is told to end, the world is healed."""
    left, right = page.axis.x(begin), page.axis.x(end)
    group = page.front.group("rest", f"{begin:.3f} s to {end:.3f} s: the scenario is over, everything is ended")
    group.rect(left, y + 1, max(right - left, _THINNEST), ROW - 2, "state-closed")
    group.text(left + _ASIDE, y + 12, "clean-up", "muted", SIZE)


def _draw_step(page: Page, step: StepResult, number: int, y: float) -> None:
    done = step.ended == "done"
    left, right = page.axis.x(step.at), page.axis.x(moment_of(step))
    told = f"step {number}, line {step.line}: {step.text}\n{step.at:.3f} s to {moment_of(step):.3f} s: {step.ended}"
    group = page.front.group("step", told)
    group.rect(left, y + 1, max(right - left, _THINNEST), ROW - 2, "bar" if done else "bar-failed")
    label = f"{number}  {step.text}"
    group.text(left + _ASIDE, y + 12, fit(label, EDGE - left - _ASIDE, SIZE), "ink", SIZE)


def _draw_failure(page: Page, result: Result, step: StepResult, y: float) -> None:
    why = result.reason if result.expected is None else f"expected {result.expected}; observed {result.observed}"
    label = f"✗ {moment_of(step):.3f} s  {why}"
    left = page.axis.x(step.at) + _ASIDE
    group = page.front.group("failure", label)
    group.text(left, y + 12, fit(" ".join(label.split()), EDGE - left, SIZE), "step-failed", SIZE)
