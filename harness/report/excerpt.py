"""The part of a timeline that stands under a failure: faults, their evidence, what led to the failing moment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.report.story import is_talk, moment_of
from harness.timeline import Entry
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_BEFORE = 18
_AFTER = 6
_LONGEST = 160
_ALWAYS = {"fault", "evidence"}
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class _Run:
    """Entries that follow one another and say the same, numbers apart."""

    first: Entry
    last: Entry
    times: int = 1

    def goes_on_with(self, entry: Entry) -> bool:
        """Tell whether ``entry`` says the same."""
        return _same(self.first) == _same(entry)

    @property
    def line(self) -> str:
        """One line for all of them."""
        return line(self.first) + (f" (×{self.times}, until {self.last.at:.3f})" if self.times > 1 else "")


def line(entry: Entry) -> str:
    """Return one entry as a line: seconds, lane, kind, what."""
    first, *more = entry.text.splitlines() or [""]
    suffix = f" (+{len(more)} lines)" if more else ""
    return _row(entry.at, entry.lane, entry.kind, f"{entry.source}: {first[:_LONGEST]}{suffix}")


def excerpt(result: Result) -> Iterator[str]:
    """Yield the lines: no logs, and of the adapter's conversation only what it did wrong, unless it broke."""
    talks = result.verdict is Verdict.ERROR
    told = [entry for entry in result.timeline if entry.kind != "log" and (talks or not is_talk(entry))]
    failing = next((step for step in result.steps if step.ended != "done"), None)
    moment = float("inf") if failing is None else moment_of(failing)
    before = _runs(entry for entry in told if entry.at < moment)
    yield from _shown(before, max(0, len(before) - _BEFORE))
    if failing is not None:
        yield _row(moment, "harness", "failed", f"line {failing.line}: {result.observed or result.reason}"[:_LONGEST])
    after = _runs(entry for entry in told if entry.at >= moment)
    yield from (run.line for run in after[:_AFTER])
    if len(after) > _AFTER:
        yield _left_out(len(after) - _AFTER)


def _runs(entries: Iterable[Entry]) -> list[_Run]:
    runs: list[_Run] = []
    for entry in entries:
        if runs and runs[-1].goes_on_with(entry):
            runs[-1] = _Run(runs[-1].first, entry, runs[-1].times + 1)
        else:
            runs.append(_Run(entry, entry))
    return runs


def _shown(runs: list[_Run], start: int) -> Iterator[str]:
    """Yield the lines of the runs from ``start``, and of every fault and evidence before it."""
    left_out = 0
    for index, run in enumerate(runs):
        if index < start and run.first.kind not in _ALWAYS:
            left_out += 1
            continue
        if left_out:
            yield _left_out(left_out)
            left_out = 0
        yield run.line


def _left_out(number: int) -> str:
    return f"{'…':>8}  ({number} more)"


def _same(entry: Entry) -> tuple[str, ...]:
    return entry.lane, entry.kind, entry.source, _NUMBER.sub("#", entry.text)


def _row(at: float, lane: str, kind: str, text: str) -> str:
    return f"{at:8.3f}  {lane:<8} {kind:<12} {text}"
