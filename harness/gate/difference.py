"""How two runs of one implementation differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from harness.gate.outcome import Section
from harness.model import Model
from harness.report.model import Report
from harness.verdict.lattice import UNJUDGED, Exit, Verdict
from harness.verdict.result import Result

_MUCH_SLOWER = 1.5
_NOTABLE = 2.0
"""Seconds by which a scenario must have become slower to be told, and half as long again as before."""
_JUDGED = (Verdict.PASS, Verdict.FAIL)


class Difference(Model):
    """Scenarios by what became of them, by ids; ``slower`` has the seconds before and after.

    ``lost`` was judged before and is not any more; ``unproved`` was judged and is now inconclusive or an error.
    """

    failing: tuple[str, ...]
    fixed: tuple[str, ...]
    still_failing: tuple[str, ...]
    lost: tuple[str, ...]
    unproved: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    slower: dict[str, tuple[float, float]]

    @property
    def status(self) -> Exit:
        """Whether anything got worse, as an exit status."""
        if self.failing:
            return Exit.NONCONFORMANT
        return Exit.COVERAGE_LOST if self.lost else Exit.CONFORMS

    def sections(self) -> Iterator[Section]:
        """Return what is to be told, what got worse first; empty sections are left out."""
        slower = tuple(
            f"{name}: {before:.1f} s before, {after:.1f} s now" for name, (before, after) in self.slower.items()
        )
        told = (
            ("New failures", self.failing),
            ("Lost coverage", self.lost),
            ("Proved nothing this time", self.unproved),
            ("Fixed", self.fixed),
            ("Still failing", self.still_failing),
            ("New scenarios", self.new),
            ("Scenarios that are gone", self.gone),
            ("Slower", slower),
        )
        yield from (Section(title, lines) for title, lines in told if lines)


def difference(old: Report, new: Report) -> Difference:
    """Return how ``new`` differs from ``old``."""
    before = {result.scenario: result for result in old.results}
    after = {result.scenario: result for result in new.results}
    both = sorted(before.keys() & after.keys())
    became = partial(_became, before, after, both)
    judged = [name for name in both if before[name].verdict in _JUDGED]
    return Difference(
        failing=tuple(sorted(name for name, one in after.items() if _fails(one) and not _fails(before.get(name)))),
        fixed=became(Verdict.FAIL, Verdict.PASS),
        still_failing=became(Verdict.FAIL, Verdict.FAIL),
        lost=tuple(name for name in judged if after[name].verdict in UNJUDGED),
        unproved=tuple(name for name in judged if after[name].verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR}),
        new=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        slower={
            name: (before[name].seconds, after[name].seconds) for name in both if _slower(before[name], after[name])
        },
    )


def _became(
    before: dict[str, Result], after: dict[str, Result], both: list[str], was: Verdict, now: Verdict
) -> tuple[str, ...]:
    return tuple(name for name in both if before[name].verdict is was and after[name].verdict is now)


def _fails(result: Result | None) -> bool:
    return result is not None and result.verdict is Verdict.FAIL


def _slower(before: Result, after: Result) -> bool:
    return after.seconds - before.seconds > _NOTABLE and after.seconds > _MUCH_SLOWER * before.seconds
