"""Steps that no scenario file has: they look at everything and judge nothing, so that every question is answered."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar, Literal, overload

import psutil
from pydantic import InstanceOf

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.protocol import State, StatusOk
from harness.errors import Failed
from harness.probe import client
from harness.repro.outcome import Outcome, Request, Try
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage

_STATUS_BOUND = 2.0
"""Seconds in which ``status`` must be answered (requirement LIV-5)."""
_BETWEEN_TRIES = 0.1
_ECHO = 64
_TRANSFER = 1024 * 1024
_TRANSFER_BOUND = 60.0
_DOWN: tuple[State, ...] = ("reconnecting", "failed", "closed")
Moment = Literal["began", "struck", "awake", "back"]


class Question:
    """What the user asks on a connection: bytes that must come back ``within`` seconds, awaited in the background."""

    def __init__(self, held: client.Held, within: float) -> None:
        self.held = held
        self.at = time.monotonic()
        self._answered = False
        self._thread = threading.Thread(target=self._ask, args=(within,), name="question", daemon=True)
        self._thread.start()

    def _ask(self, within: float) -> None:
        try:
            self.held.echo(_ECHO, within)
        except Failed:
            return
        self._answered = True

    def wait(self) -> Request:
        """Return what became of it."""
        self._thread.join()
        if self._answered:
            return "answered"
        return "hanging" if self.held.ended_at is None else "ended"


@dataclass
class Notes:
    """What the steps of one play leave for each other; moments are readings of ``time.monotonic()``.

    ``visible``: this machine shows where the implementation listens, which it does not for one in a container.
    """

    visible: bool = False
    moments: dict[Moment, float] = field(default_factory=dict)
    question: Question | None = None
    outcome: Outcome | None = None


class Noting(Verb):
    """A step that looks, and keeps ``notes``."""

    nature: ClassVar[Nature] = "looks"

    notes: InstanceOf[Notes]


class Mark(Noting):
    """Note that a moment is now: the tunnel was seen to work, something struck, the client woke, the way is free."""

    verb: ClassVar[str] = "mark"

    moment: Moment

    def run(self, stage: Stage) -> None:
        """Note it."""
        if self.moment == "began":
            self.notes.visible = _listens(stage)
        self.notes.moments[self.moment] = time.monotonic()


class Use(Noting):
    """Move bytes both ways for ``time`` seconds, or until they no longer come back; ``rate`` B/s fill the line."""

    verb: ClassVar[str] = "use"

    time: float
    rate: int | None = None

    def takes(self) -> float:
        """Return the time."""
        return self.time

    def run(self, stage: Stage) -> None:
        """Transfer, and transfer again."""
        way = stage.way("main")
        size = _TRANSFER if self.rate is None else int(self.rate * self.time)
        until = time.monotonic() + self.time
        while time.monotonic() < until:
            try:
                client.round_trip(way, size, self.time + _TRANSFER_BOUND)
            except Failed as failed:
                stage.timeline.add("client", "observation", "use", str(failed))
                return


class Ask(Noting):
    """Let the user ask for something on the connection that is open, and go on."""

    verb: ClassVar[str] = "ask"

    within: float

    def run(self, stage: Stage) -> None:
        """Ask."""
        (held,) = stage.connections("held")
        self.notes.question = Question(held, self.within)


class Look(Noting):
    """See what became of the question, who noticed, and whether a new connection works.

    What was done to the network kills after ``deadly_after``. ``opens_within``: what a new connection may take to be
    served or ended. ``back_within``: for how long it is tried, or None where it cannot work; ``settles_within``: for
    how long it is waited then for a state that is final.
    """

    verb: ClassVar[str] = "look"

    deadly_after: float
    opens_within: float
    back_within: float | None
    settles_within: float

    def run(self, stage: Stage) -> None:
        """Look, and note the outcome."""
        question = self.notes.question
        if question is None:
            return
        began = self.notes.moments["began"]
        request = question.wait()
        ended = question.held.ended_at
        tries, works = self._try(stage)
        states = [(at, event.state) for at, event in stage.adapter.state_events("main") if at >= began]
        down = next((at for at, state in states if state in _DOWN), None)
        noticed = min((at for at in (down, ended) if at is not None), default=None)
        status = _status(stage)
        struck, awake, back = (self.notes.moments.get(one) for one in ("struck", "awake", "back"))
        self.notes.outcome = Outcome(
            request=request,
            asked_at=_since(began, question.at),
            broke_at=_since(began, struck, self.deadly_after),
            awake_at=_since(began, awake),
            back_at=_since(began, back),
            dropped_at=None if request == "answered" else _since(began, question.at if ended is None else ended),
            noticed_at=_since(began, noticed),
            noticed_by=None if noticed is None else "state" if noticed == down else "connection",
            said=status.state if status else None,
            error=status.error.code if status and status.error else None,
            works_at=_since(began, works),
            tries=tries,
            answers_status=status is not None,
        )
        told = f"the question was {request}, new connections: {', '.join(tries)}"
        stage.timeline.add("client", "observation", "look", told)

    def _try(self, stage: Stage) -> tuple[tuple[Try, ...], float | None]:
        """Make connections through the port that was given first; return what became of them, and when one worked."""
        if self.back_within is None:
            stage.adapter.wait_for_state("main", "failed", "closed", timeout=self.settles_within)
            return (self._one_try(stage)[0],), None
        deadline = time.monotonic() + self.back_within
        tries: list[Try] = []
        while True:
            seen, at = self._one_try(stage)
            tries.append(seen)
            if seen == "works" or time.monotonic() > deadline:
                return tuple(tries), at if seen == "works" else None
            time.sleep(_BETWEEN_TRIES)

    def _one_try(self, stage: Stage) -> tuple[Try, float]:
        """Make one connection; return what became of it, and when. A port that was given up may be another's now."""
        if self.notes.visible and not _listens(stage):
            return "refused", time.monotonic()
        before = len(stage.world.target_connections())
        try:
            held = client.Held(stage.way("main").to(stage.tunnel("main").first_address), self.opens_within)
        except Failed:
            return "refused", time.monotonic()
        try:
            held.echo(_ECHO, self.opens_within)
            at = time.monotonic()
            return "works" if len(stage.world.target_connections()) > before else "elsewhere", at
        except Failed:
            return "closed" if held.ended_at is not None else "hanging", time.monotonic()
        finally:
            held.close()


def _listens(stage: Stage) -> bool:
    """Tell whether the implementation's processes listen where the tunnel was first said to."""
    port = stage.tunnel("main").first_address.port
    sockets = Family(stage.adapter.pid).sockets()
    return any(state == psutil.CONN_LISTEN and found == port for state, _, found in sockets)


def _status(stage: Stage) -> StatusOk | None:
    try:
        return stage.adapter.status("main", timeout=_STATUS_BOUND)
    except (NoAnswer, Refused):
        return None


@overload
def _since(began: float, at: float) -> float: ...


@overload
def _since(began: float, at: float | None, more: float = 0.0) -> float | None: ...


def _since(began: float, at: float | None, more: float = 0.0) -> float | None:
    return None if at is None else round(max(0.0, at - began + more), 3)
