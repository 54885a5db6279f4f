"""The clock of the user: what a moment of a play stands for, where only some of it was scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.model import Model
from harness.repro.look import Use
from harness.repro.outcome import Outcome
from harness.repro.steps import Pass
from harness.scenario.language.model import Step
from harness.verdict.result import StepResult

_SAME = 0.05


class Stretch(Model):
    """Seconds of the timeline, from ``begin`` to ``end``, that stand for ``real`` ones."""

    begin: float
    end: float
    real: float


class RealClock(Model):
    """Tells real time; what is in none of the ``stretches`` was not scaled."""

    stretches: tuple[Stretch, ...] = ()

    def at(self, moment: float) -> float:
        """Return the real time of a moment of the timeline."""
        real = moment
        for one in self.stretches:
            if moment > one.begin:
                share = min(1.0, (moment - one.begin) / (one.end - one.begin))
                real += share * (one.real - (one.end - one.begin))
        return real

    def between(self, begin: float, end: float) -> float:
        """Return for how many real seconds the time between two moments stands."""
        return self.at(end) - self.at(begin)

    @property
    def is_scaled(self) -> bool:
        """Whether it differs from the timeline's own."""
        return any(one.real - (one.end - one.begin) > _SAME for one in self.stretches)


def clock_of(
    steps: Iterable[Step], results: Iterable[StepResult], outcomes: Iterable[Outcome], keepalives: tuple[float, float]
) -> RealClock:
    """Return the clock of a play: its pauses stand for longer ones, and so does what the keep-alives took.

    ``keepalives`` are the least seconds in which they notice a silence, as played and in real time; 0 where they do
    not count here.
    """
    pauses = [
        Stretch(begin=result.at, end=result.at + step.verb.time, real=step.verb.real)
        for step, result in zip(steps, results, strict=False)
        if isinstance(step.verb, Pass | Use) and step.verb.time <= result.seconds
    ]
    return RealClock(stretches=tuple(_apart(sorted([*pauses, *_noticing(outcomes, *keepalives)], key=_begin))))


def _begin(stretch: Stretch) -> float:
    return stretch.begin


def _noticing(outcomes: Iterable[Outcome], played: float, real: float) -> Iterator[Stretch]:
    """Yield the time from each break, or from the client's wake, until it was noticed by keep-alives."""
    for one in outcomes:
        if one.noticed_at is None or one.broke_at is None or not played:
            continue
        begin = one.began + max(one.broke_at, one.awake_at or 0.0)
        end = one.began + one.noticed_at
        if end - begin >= played:
            yield Stretch(begin=begin, end=end, real=(end - begin) * real / played)


def _apart(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the parts of ``stretches`` that no earlier one has."""
    until = 0.0
    for one in stretches:
        begin = max(one.begin, until)
        if one.end > begin:
            share = (one.end - begin) / (one.end - one.begin)
            yield Stretch(begin=begin, end=one.end, real=one.real * share)
            until = one.end
