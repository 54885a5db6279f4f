"""Steps that no scenario file has: they look at everything and judge nothing, so that every question is answered."""

from __future__ import annotations

import time
from typing import ClassVar, overload

import psutil

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.protocol import PromptQuestion, State, StatusOk
from harness.errors import Failed, Over
from harness.probe import client
from harness.repro.notes import ECHO, Noting, UserEcho
from harness.repro.outcome import Outcome, Try
from harness.scenario.language.verb import Nature
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage

_STATUS_BOUND = 2.0
"""Seconds in which ``status`` must be answered (requirement LIV-5)."""
_BETWEEN_TRIES = 0.1
_TRANSFER = 1024 * 1024
_TRANSFER_BOUND = 60.0
_HELD_WITHIN = 10.0
_DOWN: tuple[State, ...] = ("reconnecting", "failed", "closed")


class Hold(Noting):
    """Let a client connect through each tunnel, be served, and stay."""

    verb: ClassVar[str] = "hold"
    nature: ClassVar[Nature] = "probes"

    tunnels: tuple[str, ...]

    def run(self, stage: Stage) -> None:
        """Connect; the clients of an earlier break leave."""
        for old in self.notes.held.values():
            old.close()
        self.notes.moments.clear()
        self.notes.questions.clear()
        for name in self.tunnels:
            held = client.Held(stage.way(name), _HELD_WITHIN)
            stage.held.setdefault("held", []).append(held)
            self.notes.held[name] = held
        self.notes.visible = all(_listens(stage, name) for name in self.tunnels)
        for held in self.notes.held.values():
            held.echo(ECHO, _HELD_WITHIN)
        self.notes.moments["began"] = time.monotonic()


class Use(Noting):
    """Move bytes both ways for ``time`` seconds, or until they no longer come back; ``rate`` B/s fill the line.

    The time stands for ``real`` seconds.
    """

    verb: ClassVar[str] = "use"

    time: float
    real: float
    rate: int | None = None

    def takes(self) -> float:
        """Return the time."""
        return self.time

    def run(self, stage: Stage) -> None:
        """Transfer, and transfer again."""
        way = stage.way(next(iter(self.notes.held)))
        size = _TRANSFER if self.rate is None else int(self.rate * self.time)
        until = time.monotonic() + self.time
        while time.monotonic() < until:
            try:
                client.round_trip(way, size, self.time + _TRANSFER_BOUND)
            except Failed as failed:
                stage.timeline.add("client", "observation", "use", str(failed))
                return


class Ask(Noting):
    """Let the user ask for something on each connection that is open, and go on."""

    verb: ClassVar[str] = "ask"

    within: float

    def run(self, stage: Stage) -> None:
        """Ask."""
        del stage
        for name, held in self.notes.held.items():
            self.notes.questions[name] = UserEcho(held, self.within)


class Look(Noting):
    """See what became of the questions, who noticed, and whether a new connection works.

    What was done to the network kills after ``deadly_after``. ``opens_within``: what a new connection may take to be
    served or ended. ``back_within``: for how long it is tried, or None where it cannot work; ``settles_within``: for
    how long it is waited then for a state that is final. ``closed``: a tunnel that the user has ended.
    """

    verb: ClassVar[str] = "look"

    deadly_after: float
    opens_within: float
    back_within: float | None
    settles_within: float
    closed: str | None = None

    def run(self, stage: Stage) -> None:
        """Look, and note the outcome of the tunnel that fared worst. Raises Over where nothing can follow."""
        watched = [name for name in self.notes.questions if name != self.closed]
        seen = [self._seen(stage, name) for name in watched]
        worst = min(seen, key=_fared)
        dropped = sum(one.drops for one in seen)
        self.notes.outcomes.append(worst.model_copy(update={"dropped": dropped}))
        told = f"the question was {worst.request}, new connections: {', '.join(worst.tries)}"
        stage.timeline.add("client", "observation", "look", told)
        if worst.works_at is None:
            raise Over

    def _seen(self, stage: Stage, name: str) -> Outcome:
        question = self.notes.questions[name]
        began = self.notes.moments["began"]
        request = question.wait()
        ended = question.held.ended_at
        tries, works = self._try(stage, name)
        states = [(at, event.state) for at, event in stage.adapter.state_events(name) if at >= began]
        down = next((at for at, state in states if state in _DOWN), None)
        noticed = min((at for at in (down, ended) if at is not None), default=None)
        status = _status(stage, name)
        struck, awake, back = (self.notes.moments.get(one) for one in ("struck", "awake", "back"))
        return Outcome(
            request=request,
            began=round(began - stage.timeline.began, 3),
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
            tunnel=name,
            asked=prompts(stage, name, began),
            logged_in_again=any(
                event.kind == "auth-ok" and event.at >= began
                for node in stage.route
                for event in stage.world.events(node)
            ),
        )

    def _try(self, stage: Stage, name: str) -> tuple[tuple[Try, ...], float | None]:
        """Make connections through the port that was given first; return what became of them, and when one worked."""
        if self.back_within is None:
            stage.adapter.wait_for_state(name, "failed", "closed", timeout=self.settles_within)
            return (self._one_try(stage, name)[0],), None
        deadline = time.monotonic() + self.back_within
        tries: list[Try] = []
        while True:
            seen, at = self._one_try(stage, name)
            tries.append(seen)
            if seen == "works" or time.monotonic() > deadline:
                return tuple(tries), at if seen == "works" else None
            time.sleep(_BETWEEN_TRIES)

    def _one_try(self, stage: Stage, name: str) -> tuple[Try, float]:
        """Make one connection; return what became of it, and when. A port that was given up may be another's now."""
        if self.notes.visible and not _listens(stage, name):
            return "refused", time.monotonic()
        before = len(stage.world.target_connections())
        try:
            held = client.Held(stage.way(name).to(stage.tunnel(name).first_address), self.opens_within)
        except Failed:
            return "refused", time.monotonic()
        try:
            held.echo(ECHO, self.opens_within)
            at = time.monotonic()
            return "works" if len(stage.world.target_connections()) > before else "elsewhere", at
        except Failed:
            return "closed" if held.ended_at is not None else "hanging", time.monotonic()
        finally:
            held.close()


def prompts(stage: Stage, name: str, since: float) -> tuple[str, ...]:
    """Return what the user had to answer."""
    questions = stage.adapter.questions(name)
    return tuple(one.text for at, one, _ in questions if at >= since and isinstance(one, PromptQuestion))


def _fared(one: Outcome) -> tuple[bool, bool, float]:
    """Order outcomes, the worst first."""
    return one.works_at is not None, not one.drops, -(one.works_at or 0.0)


def _listens(stage: Stage, name: str) -> bool:
    """Tell whether the implementation's processes listen where the tunnel was first said to."""
    port = stage.tunnel(name).first_address.port
    sockets = Family(stage.adapter.pid).sockets()
    return any(state == psutil.CONN_LISTEN and found == port for state, _, found in sockets)


def _status(stage: Stage, name: str) -> StatusOk | None:
    try:
        return stage.adapter.status(name, timeout=_STATUS_BOUND)
    except (NoAnswer, Refused):
        return None


@overload
def _since(began: float, at: float) -> float: ...


@overload
def _since(began: float, at: float | None, more: float = 0.0) -> float | None: ...


def _since(began: float, at: float | None, more: float = 0.0) -> float | None:
    return None if at is None else round(max(0.0, at - began + more), 3)
