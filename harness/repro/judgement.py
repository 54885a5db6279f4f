"""Which requirements an outcome breaks, and so what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.adapter.protocol import ErrorCode
from harness.repro.outcome import Outcome

_REFUSALS: tuple[ErrorCode | None, ...] = ("auth-failed", "agent-no-match")
_SERVES = "TUN-1"
_STATUS = "LIV-5"
_SETTLES = "REC-6"


class Answer(StrEnum):
    """What became of the tunnel, in a word."""

    SURVIVED = "survived"
    RECOVERED = "recovered"
    DROPPED = "dropped"
    """It broke no requirement, and does not work: the settings or the world leave it no way back."""
    BROKE = "broke a requirement"


@dataclass(frozen=True)
class Expected:
    """What a tunnel must do in a play; times in played seconds, and None or nothing where there is nothing it must.

    ``survives``: the requirement by which the connection that is open must live. ``notices``: in which time a silent
    peer must be declared dead, and its connections be ended; ``silence`` is the requirement. ``returns``: the
    requirements by which a new connection must work in the end. ``settles``: the reconnecting must end in a state
    that says why. ``hanging``: the requirement by which no new connection may hang, if any. ``blind``: keep-alives are
    off, so that nothing can tell a silent peer from an idle one.
    """

    survives: str | None = None
    notices: float | None = None
    silence: str = "LIV-4"
    returns: tuple[str, ...] = ()
    settles: bool = False
    hanging: str | None = "REC-1"
    blind: bool = False

    @property
    def covers(self) -> tuple[str, ...]:
        """The requirements that are looked at."""
        named = (self.survives, self.silence if self.notices else None, *self.returns, self.hanging)
        return tuple(dict.fromkeys(one for one in (*named, _SETTLES if self.settles else None, _STATUS) if one))


def broken(expected: Expected, outcome: Outcome) -> tuple[str, ...]:
    """Return the ids of the requirements that were broken, the one that says most first."""
    return tuple(dict.fromkeys(_broken(expected, outcome)))


def _broken(expected: Expected, outcome: Outcome) -> Iterator[str]:
    if outcome.drops and expected.survives:
        yield expected.survives
    if outcome.drops and expected.notices is not None and not _ended_in_time(expected.notices, outcome):
        yield expected.silence
    if expected.settles and not (outcome.said in {"failed", "closed"} and outcome.error in _REFUSALS):
        yield _SETTLES
    if outcome.works_at is None:
        yield from expected.returns if outcome.drops else [_SERVES] if expected.returns else []
    if expected.hanging and "hanging" in outcome.tries:
        yield expected.hanging
    if not outcome.answers_status:
        yield _STATUS


def _ended_in_time(limit: float, outcome: Outcome) -> bool:
    """Tell whether the open connection was ended ``limit`` seconds after it broke, or after the client woke."""
    if outcome.request != "ended" or outcome.dropped_at is None:
        return False
    since = max(outcome.broke_at or 0.0, outcome.awake_at or 0.0)
    return outcome.dropped_at - since <= limit


def answer(outcome: Outcome, requirements: tuple[str, ...]) -> Answer:
    """Return what became of the tunnel; ``requirements`` are those that it broke."""
    if requirements:
        return Answer.BROKE
    if not outcome.drops:
        return Answer.SURVIVED
    return Answer.DROPPED if outcome.works_at is None else Answer.RECOVERED
