"""What servers do: they restart, take a key no more, or follow their policy."""

from __future__ import annotations

from typing import ClassVar

from harness.repro.network.event import SHORTEST, Event, Place, Plan
from harness.repro.scale import Scale, in_words
from harness.repro.steps import step
from harness.units import Duration


class Restart(Event):
    """A server that is restarted, and refuses connections for ``down``."""

    key: ClassVar[str] = "restart"
    shorthand: ClassVar[str | None] = "down"
    returns: ClassVar[str] = "LIV-11"

    down: Duration = 30.0

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        lasts = scale.play("server down", self.down, least=SHORTEST)
        return Plan(
            strikes=(step("kill", node=place.node),),
            lasts=lasts,
            heals=(step("restart", name=place.node),),
        )

    def in_words(self) -> str:
        """Return it in words."""
        return f"the server is restarted, and down for {in_words(self.down)}"


class KeyRemoved(Event):
    """A server that takes the user's key no more, and ends the session."""

    key: ClassVar[str] = "key_removed"
    returns: ClassVar[str] = "REC-6"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(
            strikes=(step("revoke_key", node=place.node), step("reset", link=place.link)), way_back=False, refused=True
        )

    def in_words(self) -> str:
        """Return it in words."""
        return "the server takes the key no more, and the session is ended"


class ServerPolicy(Event):
    """Nothing but what the server's own policy does: the event of a report without ``network``."""

    key: ClassVar[str] = "server"
    returns: ClassVar[str] = "LIV-12"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return that nothing is done to the network."""
        del scale, place
        return Plan()

    def in_words(self) -> str:
        """Return it in words."""
        return "the server follows its policy"
