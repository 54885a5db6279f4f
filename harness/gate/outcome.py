"""What a gate says at its end: whether it is open, and everything that somebody has to know or to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.gate.baseline import Changes
from harness.gate.judgement import Judgement, Waived
from harness.report.model import Report
from harness.verdict.lattice import CAUSES, Exit, Verdict, exit_status
from harness.verdict.result import Result

_MEANINGS = {**CAUSES, Exit.CONFORMS: "the gate is open", Exit.NONCONFORMANT: "the gate is closed"}


@dataclass(frozen=True)
class Section:
    """Some lines under a title."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class GateOutcome:
    """A run, what the waivers make of it, and how it differs from the baseline, None where there is none."""

    report: Report
    judgement: Judgement
    changes: Changes | None

    @property
    def status(self) -> Exit:
        """That of a run in which only what closes the gate failed; then, whether coverage was lost."""
        footer = self.report.footer
        verdicts: list[Verdict] = [
            Verdict.PASS if one.verdict is Verdict.FAIL else one.verdict for one in self.report.results
        ]
        verdicts += [Verdict.ERROR for _ in footer.broken]
        if self.judgement.closed:
            verdicts.append(Verdict.FAIL)
        status = exit_status(verdicts, invalid=bool(footer.invalid))
        lost = self.changes is not None and bool(self.changes.lost)
        return Exit.COVERAGE_LOST if status is Exit.CONFORMS and lost else status

    @property
    def meaning(self) -> str:
        """The exit status in words."""
        return f"exit {int(self.status)}: {_MEANINGS[self.status]}"

    @property
    def headline(self) -> str:
        """What was judged, and the verdicts by number."""
        header, known = self.report.header, len(self.judgement.known)
        counted = {verdict.value: number for verdict, number in self.report.footer.verdicts.items()}
        if known:
            counted["fail"] = counted.get("fail", 0) - known
            counted["known-fail"] = known
        numbers = ", ".join(f"{number} {name}" for name, number in counted.items() if number)
        return f"{header.implementation} on {header.fabric}, judged by {', '.join(header.scopes)}: {numbers}"

    def sections(self) -> Iterator[Section]:
        """Return what is to be told, the most urgent first; empty sections are left out."""
        found = self.judgement
        told = (
            ("Broken", self.report.footer.invalid + self.report.footer.broken),
            ("Failures", tuple(map(_failure, found.failures))),
            ("Fixed: remove the waiver", tuple(map(_waived, found.fixed))),
            ("Waivers that cannot stay", tuple(f"line {one.line}: {one.message}" for one in found.complaints)),
            ("Errors", tuple(self._of(Verdict.ERROR))),
            ("Inconclusive", tuple(self._of(Verdict.INCONCLUSIVE))),
            *self._changes(),
            ("Failures of a level that does not close the gate", tuple(map(_failure, found.tolerated))),
            ("Known failures", tuple(map(_waived, found.known))),
        )
        yield from (Section(title, lines) for title, lines in told if lines)

    def _of(self, verdict: Verdict) -> Iterator[str]:
        return (f"{one.scenario}: {one.reason}" for one in self.report.results if one.verdict is verdict)

    def _changes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        if self.changes is None:
            return
        yield "Coverage lost", tuple(f"{name} passed before; {why}" for name, why in self.changes.lost.items())
        yield "New scenarios", self.changes.new
        yield "Changed scenarios", self.changes.changed
        yield "Scenarios that are gone", self.changes.gone


def _failure(result: Result) -> str:
    said = f"expected {result.expected}; observed {result.observed}" if result.expected else result.reason
    return f"{result.scenario} ({result.level}): {said}; run again: {result.reproduce}"


def _waived(one: Waived) -> str:
    until = f", until {one.waiver.expires}" if one.waiver.expires else ""
    link = f" {one.waiver.link}" if one.waiver.link else ""
    return f"{one.result.scenario} (line {one.waiver.line}{until}): {one.waiver.reason}{link}"
