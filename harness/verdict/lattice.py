"""The six verdicts, and how a run's verdicts become one exit status."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What a scenario says of an implementation."""

    PASS = "pass"  # noqa: S105 -- a verdict
    FAIL = "fail"
    UNSUPPORTED = "unsupported"
    NOT_RUN = "not-run"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


UNJUDGED = frozenset({Verdict.UNSUPPORTED, Verdict.NOT_RUN})
"""Those of a scenario that says nothing of the implementation, because it was not judged."""
UNSETTLED = frozenset({Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.ERROR})
"""Those that somebody has to look at."""


class Exit(IntEnum):
    """The exit status of a run: each cause has its own."""

    CONFORMS = 0
    NONCONFORMANT = 1
    USAGE = 2
    INCONCLUSIVE = 3
    BROKEN = 4
    NOTHING_RUN = 5
    COVERAGE_LOST = 6


CAUSES = {
    Exit.USAGE: "a scenario file cannot be used",
    Exit.INCONCLUSIVE: "inconclusive: some scenarios proved nothing",
    Exit.BROKEN: "the harness, the fabric or the adapter broke",
    Exit.NOTHING_RUN: "nothing was really run",
    Exit.COVERAGE_LOST: "coverage was lost: what passed before is no longer judged",
}
"""In words, those that say nothing of the implementation."""


def exit_status(verdicts: Iterable[Verdict], *, invalid: bool = False) -> Exit:
    """Return the exit status of a run.

    The gravest cause wins: an invalid scenario file (``invalid``), then a broken harness (its other verdicts
    cannot be trusted), a failure, an inconclusive scenario, and a run in which nothing was judged.
    """
    found = set(verdicts)
    if invalid:
        return Exit.USAGE
    if Verdict.ERROR in found:
        return Exit.BROKEN
    if Verdict.FAIL in found:
        return Exit.NONCONFORMANT
    if Verdict.INCONCLUSIVE in found:
        return Exit.INCONCLUSIVE
    if Verdict.PASS not in found:
        return Exit.NOTHING_RUN
    return Exit.CONFORMS
