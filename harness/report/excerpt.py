"""The part of a timeline that stands under a failure: faults, their evidence, what led to the failing moment.

Two clocks stand before each line: seconds since the first step, and since the first fault. What the servers said is
counted apart from the rest, so that a busy client does not push out the line that speaks for or against a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.report.story import is_talk, moment_of
from harness.timeline import Entry
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_BEFORE = 18
_BEFORE_OF_SERVERS = 14
_AFTER = 6
_LONGEST = 160
_ALWAYS = {"fault", "evidence"}
_CHATTER = re.compile(r"debug\d: ")
"""How sshd begins lines that say nothing of a verdict; those that do are told as something else than a log."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class _Clock:
    """When the first step began, and when the first fault was in force, None where there was none."""

    began: float
    broke: float | None

    def since_begin(self, at: float) -> float:
        """Return the seconds since the first step."""
        return at - self.began

    def row(self, at: float, lane: str, kind: str, text: str) -> str:
        """Return one line of the excerpt."""
        since = "" if self.broke is None or at < self.broke else f"+{at - self.broke:.3f}"
        return f"{self.since_begin(at):8.3f}  {since:>8}  {lane:<8} {kind:<12} {text}"


@dataclass(frozen=True)
class _Run:
    """Entries that follow one another and say the same, numbers apart."""

    first: Entry
    last: Entry
    times: int = 1

    def goes_on_with(self, entry: Entry) -> bool:
        """Tell whether ``entry`` says the same."""
        return _same(self.first) == _same(entry)

    def line(self, clock: _Clock) -> str:
        """Return one line for all of them."""
        again = f" (×{self.times}, until {clock.since_begin(self.last.at):.3f})" if self.times > 1 else ""
        return clock.row(self.first.at, self.first.lane, self.first.kind, _words(self.first)) + again


def line(entry: Entry) -> str:
    """Return one entry as a line: seconds, lane, kind, what."""
    return _Clock(0.0, None).row(entry.at, entry.lane, entry.kind, _words(entry))


def excerpt(result: Result) -> Iterator[str]:
    """Yield the lines: no chatter, and of the adapter's conversation only what it did wrong, unless it broke."""
    talks = result.verdict is Verdict.ERROR
    told = [entry for entry in result.timeline if _matters(entry) and (talks or not is_talk(entry))]
    failing = next((step for step in result.steps if step.ended != "done"), None)
    moment = float("inf") if failing is None else moment_of(failing)
    breaks = (entry.at for entry in told if entry.kind == "fault")
    clock = _Clock(result.steps[0].at if result.steps else 0.0, min(breaks, default=None))
    before = _runs(entry for entry in told if entry.at < moment)
    yield from _shown(before, _last(before, _BEFORE, _BEFORE_OF_SERVERS), clock)
    if failing is not None:
        yield clock.row(moment, "harness", "failed", f"line {failing.line}: {result.observed or result.reason}")
    after = _runs(entry for entry in told if entry.at >= moment)
    yield from (run.line(clock) for run in after[:_AFTER])
    if len(after) > _AFTER:
        yield _left_out(len(after) - _AFTER)


def _matters(entry: Entry) -> bool:
    """Tell whether an entry may speak for or against a verdict: no log but what a server says unasked."""
    return entry.kind != "log" or (entry.lane == "bastion" and not _CHATTER.match(entry.text))


def _runs(entries: Iterable[Entry]) -> list[_Run]:
    runs: list[_Run] = []
    for entry in entries:
        if runs and runs[-1].goes_on_with(entry):
            runs[-1] = _Run(runs[-1].first, entry, runs[-1].times + 1)
        else:
            runs.append(_Run(entry, entry))
    return runs


def _last(runs: list[_Run], others: int, servers: int) -> set[int]:
    """Return the places of every fault and evidence, and of the last of the servers' runs and of the others."""
    of_servers = [index for index, run in enumerate(runs) if run.first.lane == "bastion"]
    of_others = [index for index in range(len(runs)) if index not in set(of_servers)]
    always = {index for index, run in enumerate(runs) if run.first.kind in _ALWAYS}
    return always.union(of_servers[-servers:], of_others[-others:])


def _shown(runs: list[_Run], places: set[int], clock: _Clock) -> Iterator[str]:
    """Yield the lines of the runs at these places, and how many are left out between them."""
    left_out = 0
    for index, run in enumerate(runs):
        if index not in places:
            left_out += 1
            continue
        if left_out:
            yield _left_out(left_out)
            left_out = 0
        yield run.line(clock)


def _left_out(number: int) -> str:
    return f"{'…':>8}  ({number} more)"


def _same(entry: Entry) -> tuple[str, ...]:
    return entry.lane, entry.kind, entry.source, _NUMBER.sub("#", entry.text)


def _words(entry: Entry) -> str:
    first, *more = entry.text.splitlines() or [""]
    suffix = f" (+{len(more)} lines)" if more else ""
    return f"{entry.source}: {first[:_LONGEST]}{suffix}"
