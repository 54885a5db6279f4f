"""What the steps of one play leave for each other, and for the answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import InstanceOf

from harness.errors import Failed
from harness.probe import client
from harness.repro.outcome import LoginTimes, Outcome, Request
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage

ECHO = 64
"""Bytes of what a user asks."""
Moment = Literal["began", "struck", "awake", "back"]


class UserEcho:
    """What the user asks on a connection: bytes that must come back ``within`` seconds, awaited in the background."""

    def __init__(self, held: client.Held, within: float) -> None:
        self.held = held
        self.at = time.monotonic()
        self._answered = False
        self._thread = threading.Thread(target=self._ask, args=(within,), name="question", daemon=True)
        self._thread.start()

    def _ask(self, within: float) -> None:
        try:
            self.held.echo(ECHO, within)
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
    """Moments are readings of ``time.monotonic()``; ``held`` and ``questions`` have the name of each tunnel.

    ``visible``: this machine shows where the implementation listens, which it does not for one in a container.
    ``outcomes`` has one for each break.
    """

    visible: bool = False
    moments: dict[Moment, float] = field(default_factory=dict)
    held: dict[str, client.Held] = field(default_factory=dict)
    questions: dict[str, UserEcho] = field(default_factory=dict)
    login: LoginTimes | None = None
    outcomes: list[Outcome] = field(default_factory=list)


class Noting(Verb):
    """A step that looks, and keeps ``notes``."""

    nature: ClassVar[Nature] = "looks"

    notes: InstanceOf[Notes]


class NoteMoment(Noting):
    """Note that a moment is now: the tunnel was seen to work, something struck, the client woke, the way is free."""

    verb: ClassVar[str] = "mark"

    moment: Moment

    def run(self, stage: Stage) -> None:
        """Note it."""
        del stage
        self.notes.moments[self.moment] = time.monotonic()
