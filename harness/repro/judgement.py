"""Which requirements an outcome breaks, and so what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harness.adapter.protocol import ErrorCode
from harness.repro.outcome import LoginTimes, Outcome

_REFUSALS: tuple[ErrorCode | None, ...] = ("auth-failed", "agent-no-match")
_SERVES = "TUN-1"
_STATUS = "LIV-5"
_SETTLES = "REC-6"
_NOTHING_IN_COMMON = "KEX-2"


class Answer(StrEnum):
    """What became of the tunnel, in a word."""

    SURVIVED = "survived"
    RECOVERED = "recovered"
    DROPPED = "dropped"
    """It broke no requirement, and does not work: the settings or the world leave it no way back."""
    KEPT_OUT = "could not log in"
    """It broke no requirement: the settings or the server leave it no way in."""
    BROKE = "broke a requirement"


@dataclass(frozen=True)
class Expected:
    """What a tunnel must do in a play; times in played seconds, and None or nothing where there is nothing it must.

    ``opens``: the requirements by which it must log in; ``shows`` the one by which its user must be shown what the
    server says; ``in_common`` is false where the server has no algorithm that a tunnel must offer.
    ``survives``: the requirement by which the connection that is open must live. ``notices``: in which time a silent
    peer must be declared dead, and its connections be ended; ``silence`` is the requirement. ``returns``: the
    requirements by which a new connection must work in the end. ``stays``: the one by which no session may be lost.
    ``settles``: the reconnecting must end in a state that says why. ``hanging``: the requirement by which no new
    connection may hang, if any. ``blind``: keep-alives are off, so that nothing can tell silence from idleness.
    """

    opens: tuple[str, ...] = ()
    shows: str | None = None
    in_common: bool = True
    survives: str | None = None
    notices: float | None = None
    silence: str = "LIV-4"
    returns: tuple[str, ...] = ()
    stays: str | None = None
    settles: bool = False
    hanging: str | None = "REC-1"
    blind: bool = False

    @property
    def covers(self) -> tuple[str, ...]:
        """The requirements that are looked at."""
        common = None if self.in_common else _NOTHING_IN_COMMON
        login = (*self.opens, self.shows, common)
        named = (self.survives, self.silence if self.notices else None, *self.returns, self.stays, self.hanging)
        every = (*login, *named, _SETTLES if self.settles else None, _STATUS)
        return tuple(dict.fromkeys(one for one in every if one))


def broken(expected: Expected, login: LoginTimes | None, outcome: Outcome) -> tuple[str, ...]:
    """Return the ids of the requirements that were broken, the one that says most first."""
    found = (*(() if login is None else _broken_login(expected, login)), *_broken(expected, outcome))
    return tuple(dict.fromkeys(found))


def _broken_login(expected: Expected, login: LoginTimes) -> Iterator[str]:
    if login.failed:
        yield from expected.opens
        if not expected.in_common and login.error != "handshake-failed":
            yield _NOTHING_IN_COMMON
    if expected.shows and login.told is False:
        yield expected.shows


def _broken(expected: Expected, outcome: Outcome) -> Iterator[str]:
    if outcome.request == "never":
        return
    if outcome.drops and expected.survives:
        yield expected.survives
    if outcome.drops and expected.notices is not None and not _ended_in_time(expected.notices, outcome):
        yield expected.silence
    if expected.settles and not (outcome.said in {"failed", "closed"} and outcome.error in _REFUSALS):
        yield _SETTLES
    if expected.stays and outcome.logged_in_again:
        yield expected.stays
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


def answer(outcomes: tuple[Outcome, ...], requirements: tuple[str, ...]) -> Answer:
    """Return what became of the tunnel in the end; ``requirements`` are those that it broke."""
    if requirements:
        return Answer.BROKE
    last = outcomes[-1]
    if last.request == "never":
        return Answer.KEPT_OUT
    if not any(one.drops for one in outcomes):
        return Answer.SURVIVED
    return Answer.DROPPED if last.drops and last.works_at is None else Answer.RECOVERED
