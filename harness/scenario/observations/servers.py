"""Observations of what the bastions, the links and the target see of the implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.scenario.observation import Observation, Sight
from harness.scenario.stage import Stage
from harness.world.fabric import ServerEvent

Count = Annotated[int, Field(ge=0)]


class AtBastion(Observation):
    """An observation of one bastion, the last one unless ``at`` names another."""

    at: str | None = None

    def nodes(self) -> tuple[str, ...]:
        """Return the bastion, where one is named."""
        return (self.at,) if self.at else ()

    def node(self, stage: Stage) -> str:
        """Return the bastion that is observed."""
        return self.at or stage.world.topology.bastions[-1]


class Credentials(AtBastion):
    """Whether a credential was shown to the bastion since the tunnel was last asked for.

    ``none`` also needs the proof that the implementation got there: a connection that came and went.
    """

    key: ClassVar[str] = "credentials"

    credentials: Literal["none", "refused", "accepted"]

    def watch(self, stage: Stage) -> Callable[[], Sight]:
        """Look at the bastion's log."""
        node = self.node(stage)

        def look() -> Sight:
            events = [event for event in stage.world.events(node) if event.at >= stage.asked_at]
            tried, refused, accepted = (_count(events, kind) for kind in ("auth-tried", "auth-failed", "auth-ok"))
            came, went = _count(events, "connected"), _count(events, "disconnected")
            seen = f"{came} connections at {node}: {tried} credentials shown, {refused} refused, {accepted} logins"
            match self.credentials:
                case "none":
                    return Sight(came > 0 and went >= came and not tried and not accepted, seen)
                case "refused":
                    return Sight(refused > 0 and not accepted, seen)
                case "accepted":
                    return Sight(accepted > 0, seen)

        return look

    def expected(self) -> str:
        """Return it in words."""
        return {
            "none": "a connection that ends without any credential",
            "refused": "a credential shown and refused",
            "accepted": "a login",
        }[self.credentials]


def _count(events: list[ServerEvent], kind: str) -> int:
    return sum(event.kind == kind for event in events)


class Sessions(AtBastion):
    """How many authenticated SSH connections the bastion has."""

    key: ClassVar[str] = "sessions"

    sessions: Count

    def watch(self, stage: Stage) -> Callable[[], Sight]:
        """Ask the bastion."""
        node = self.node(stage)

        def look() -> Sight:
            sessions = stage.world.sessions(node)
            return Sight(sessions == self.sessions, f"{sessions} sessions at {node}")

        return look

    def expected(self) -> str:
        """Return it in words."""
        return f"{self.sessions} SSH sessions at the bastion"


class SessionChannels(AtBastion):
    """How many channels of type ``session`` the implementation asked for since the scenario began."""

    key: ClassVar[str] = "session_channels"

    session_channels: Count

    def watch(self, stage: Stage) -> Callable[[], Sight]:
        """Look at the bastion's log."""
        node = self.node(stage)

        def look() -> Sight:
            types = [event.detail.get("type") for event in stage.world.events(node) if event.kind == "channel"]
            sessions = types.count("session")
            return Sight(
                bool(types) and sessions == self.session_channels,
                f"{sessions} session channels among {len(types)} channels at {node}",
            )

        return look

    def expected(self) -> str:
        """Return it in words."""
        return f"{self.session_channels} session channels, and at least one other"


class Attempts(Observation):
    """How many new connections reach a link from now on: ``attempts`` is exact, ``at_most`` bounds it."""

    key: ClassVar[str] = "attempts"

    attempts: Count
    link: str

    def links(self) -> tuple[str, ...]:
        """Return the link."""
        return (self.link,)

    def watch(self, stage: Stage) -> Callable[[], Sight]:
        """Count from here."""
        before = stage.world.link_connections(self.link)

        def look() -> Sight:
            new = stage.world.link_connections(self.link) - before
            return Sight(new == self.attempts, f"{new} new connections at {self.link}")

        return look

    def expected(self) -> str:
        """Return it in words."""
        return f"{self.attempts} new connections at {self.link}"


class Reached(Observation):
    """How many connections the target accepted since the scenario began and still has open."""

    key: ClassVar[str] = "target_connections"

    target_connections: Count

    def watch(self, stage: Stage) -> Callable[[], Sight]:
        """Ask the target."""

        def look() -> Sight:
            still = sum(one.open for one in stage.world.target_connections())
            return Sight(still == self.target_connections, f"{still} open connections at the target")

        return look

    def expected(self) -> str:
        """Return it in words."""
        return f"{self.target_connections} open connections at the target"
