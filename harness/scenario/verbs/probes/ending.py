"""Verbs by which clients end their connections: at once, by a close or a reset, or in one direction only."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.probe import client
from harness.probe.half_close import Rest
from harness.scenario.language.rehearsal import Rehearsal, not_one_held
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage
from harness.units import Duration, Size


class Abandon(Verb):
    """Open ``count`` connections, one after the other, and reset each at once, before it can be served."""

    verb: ClassVar[str] = "abandon"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "count"

    count: Annotated[int, Field(ge=1, le=1000)]
    tunnel: str = "main"
    within: Duration = 5.0

    def run(self, stage: Stage) -> None:
        """Dial and reset."""
        client.abandon(stage.way(self.tunnel), self.count, self.within)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)


class Disconnect(Verb):
    """End the held connections, or the ``stream`` of this name, by a close or by a reset."""

    verb: ClassVar[str] = "disconnect"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "held"

    held: str = "held"
    how: Literal["close", "reset"] = "close"

    def run(self, stage: Stage) -> None:
        """End them all."""
        stream = stage.streams.pop(self.held, None)
        for one in [stream] if stream else stage.connections(self.held):
            one.abort() if self.how == "reset" else one.close()
        stage.held.pop(self.held, None)

    def rehearse(self, so_far: Rehearsal) -> None:
        if self.held in so_far.streams:
            so_far.drain(self.held)
        else:
            so_far.held(self.held)
        so_far.let_go(self.held)


class HalfClose(Verb):
    """Send ``size`` bytes on the connection that is held and end this direction at once; ``drain`` sees the rest come.

    The target sends every byte back, and ends the connection once it has seen the client's end.
    """

    verb: ClassVar[str] = "half_close"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "held"

    held: str = "held"
    size: Annotated[Size, Field(le=1 << 16)] = 1024

    def run(self, stage: Stage) -> None:
        """Send, and end. Raises UsageError where not one connection is held."""
        connections = stage.connections(self.held)
        if len(connections) != 1:
            raise not_one_held(self.held, len(connections))
        stage.streams[self.held] = Rest(connections[0], self.size)
        stage.held.pop(self.held)

    def rehearse(self, so_far: Rehearsal) -> None:
        if (count := so_far.held(self.held)) != 1:
            raise not_one_held(self.held, count)
        so_far.let_go(self.held)
        so_far.streams.add(self.held)
