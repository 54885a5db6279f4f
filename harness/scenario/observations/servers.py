"""Observations of what the bastions, the links and the target see of the implementation."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.adapter.profile import Target
from harness.errors import UsageError
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.stage.stage import Stage
from harness.units import Duration
from harness.world.fabric import ServerEvent

Count = Annotated[int, Field(ge=0)]
_SOCKET = "forwarded looks at a target with a host and a port"


class AtBastion(Observation):
    """An observation of one bastion, the last one unless ``at`` names another."""

    at: str | None = None

    def servers(self) -> tuple[str, ...]:
        """Return the bastion, where one is named."""
        return (self.at,) if self.at else ()

    def node(self, stage: Stage) -> str:
        """Return the bastion that is observed."""
        return self.at or (stage.route or stage.world.topology.bastions)[-1]


class Credentials(AtBastion):
    """Whether a credential was shown to the bastion since the tunnel was last requested.

    ``none`` also needs proof that the implementation got there: a connection that came and went;
    ``not-needed`` does not need it, for what can be known before connecting.
    """

    key: ClassVar[str] = "credentials"

    credentials: Literal["none", "not-needed", "refused", "accepted"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            events = _since_asked(stage, node)
            tried, refused, accepted = (_count(events, kind) for kind in ("auth-tried", "auth-failed", "auth-ok"))
            tried += _unasked(events, stage.world.setup(node).methods)
            came, went = _count(events, "connected"), _count(events, "disconnected")
            seen = f"{came} connections at {node}: {tried} credentials shown, {refused} refused, {accepted} logins"
            match self.credentials:
                case "none":
                    return Reading(came > 0 and went >= came and not tried and not accepted, seen)
                case "not-needed":
                    return Reading(went >= came and not tried and not accepted, seen)
                case "refused":
                    return Reading(refused > 0 and not accepted, seen)
                case "accepted":
                    return Reading(accepted > 0, seen)

        return look

    def expected(self) -> str:
        return {
            "none": "a connection that ends without any credential",
            "not-needed": "no credential, with a connection or without",
            "refused": "a credential shown and refused",
            "accepted": "a login",
        }[self.credentials]


class CredentialsShown(AtBastion):
    """How many credentials were shown to the bastion since the tunnel was last requested."""

    key: ClassVar[str] = "credentials_shown"
    only_in_full_logs: ClassVar[bool] = True

    credentials_shown: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            shown = [event.at for event in _since_asked(stage, node) if event.kind == "auth-tried"]
            return _counted(shown, self.credentials_shown, f"{len(shown)} credentials shown at {node}")

        return look

    def expected(self) -> str:
        return f"{self.credentials_shown} credentials to be shown"


class Connected(AtBastion):
    """How many connections the bastion accepted since the tunnel was last requested, whatever became of them."""

    key: ClassVar[str] = "connected"

    connected: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            came = [event.at for event in _since_asked(stage, node) if event.kind == "connected"]
            return _counted(came, self.connected, f"{len(came)} connections to {node}")

        return look

    def expected(self) -> str:
        return f"{self.connected} connections to the bastion"


def _since_asked(stage: Stage, node: str) -> list[ServerEvent]:
    return [event for event in stage.world.events(node) if event.at >= stage.asked_at]


def _count(events: list[ServerEvent], kind: str) -> int:
    return sum(event.kind == kind for event in events)


def _unasked(events: list[ServerEvent], offered: str | None) -> int:
    """Return how many credentials came by a method that is not in AuthenticationMethods, and so were not looked at."""
    wanted = set(re.split("[ ,]", offered)) if offered else {"password", "publickey"}
    asked = [event.detail["method"] for event in events if event.kind == "auth-asked"]
    return sum(method in {"password", "publickey"} and method not in wanted for method in asked)


def _counted(at: list[float], wanted: int, seen: str) -> Reading:
    """Compare how often something happened, ``at`` these moments; with the first of those that are too many."""
    return Reading(len(at) == wanted, seen, sorted(at)[wanted] if len(at) > wanted else None)


class Sessions(AtBastion):
    """How many authenticated SSH connections the bastion has."""

    key: ClassVar[str] = "sessions"

    sessions: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask the bastion."""
        node = self.node(stage)

        def look() -> Reading:
            sessions = stage.world.sessions(node)
            return Reading(sessions == self.sessions, f"{sessions} sessions at {node}")

        return look

    def expected(self) -> str:
        return f"{self.sessions} SSH sessions at the bastion"


class SessionChannels(AtBastion):
    """How many channels of type ``session`` the implementation asked for since the scenario began."""

    key: ClassVar[str] = "session_channels"
    only_in_full_logs: ClassVar[bool] = True

    session_channels: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            types = [event.detail.get("type") for event in stage.world.events(node) if event.kind == "channel"]
            sessions = types.count("session")
            return Reading(
                bool(types) and sessions == self.session_channels,
                f"{sessions} session channels among {len(types)} channels at {node}",
            )

        return look

    def expected(self) -> str:
        return f"{self.session_channels} session channels, and at least one other"


class Attempts(Observation):
    """How many new connections reach a link from now on, exactly."""

    key: ClassVar[str] = "attempts"

    attempts: Count
    link: str

    def links(self) -> tuple[str, ...]:
        return (self.link,)

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Count from here."""
        before = stage.world.link_connections(self.link)

        def look() -> Reading:
            new = stage.world.link_connections(self.link) - before
            return Reading(new == self.attempts, f"{new} new connections at {self.link}")

        return look

    def expected(self) -> str:
        return f"{self.attempts} new connections at {self.link}"


class Reached(Observation):
    """How many connections the target accepted since the scenario began and still has open."""

    key: ClassVar[str] = "target_connections"

    target_connections: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask the target."""

        def look() -> Reading:
            still = sum(one.open for one in stage.world.target_connections())
            return Reading(still == self.target_connections, f"{still} open connections at the target")

        return look

    def expected(self) -> str:
        return f"{self.target_connections} open connections at the target"


class AliveAnswered(AtBastion):
    """How many of the bastion's own probes the client answered since something was last done, at least.

    Source: ClientAliveInterval of sshd_config(5), which the bastion's policy must have.
    """

    key: ClassVar[str] = "alive_answered"
    only_in_full_logs: ClassVar[bool] = True

    alive_answered: Annotated[int, Field(ge=1)]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            events = [event for event in stage.world.events(node) if event.at >= stage.clock.since]
            answered = sorted(event.at for event in events if event.kind == "alive-answered")
            met = len(answered) >= self.alive_answered
            seen = f"{len(answered)} probes of {node} answered"
            return Reading(met, seen, answered[self.alive_answered - 1] if met else None)

        return look

    def expected(self) -> str:
        return f"{self.alive_answered} probes of the bastion to be answered"


class Forwarded(AtBastion):
    """The last channel to the target was requested with the target's name and port as in the profile."""

    key: ClassVar[str] = "forwarded"

    forwarded: Literal["verbatim"]
    tunnel: str = "main"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)
        target = stage.tunnel(self.tunnel).profile.target
        if not isinstance(target, Target):
            raise UsageError(_SOCKET)

        def look() -> Reading:
            asked = [
                f"{event.detail.get('host')}:{event.detail.get('port')}"
                for event in stage.world.events(node)
                if event.kind == "channel" and event.detail.get("type") == "direct-tcpip"
            ]
            last = asked[-1] if asked else "nothing"
            return Reading(last == f"{target.host}:{target.port}", f"{node} was asked for {last}")

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        if so_far.tunnel(self.tunnel).target == "socket":
            raise UsageError(_SOCKET)

    def expected(self) -> str:
        return "the last bastion to be asked for the target as the profile names it"


class Bypassed(Observation):
    """Whether the target was reached other than through a channel of the last bastion."""

    key: ClassVar[str] = "bypassed"

    bypassed: Literal["never"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Compare the target's connections with the bastion's channels."""
        node = stage.world.topology.bastions[-1]

        def look() -> Reading:
            reached = len(stage.world.target_connections())
            channels = sum(
                event.kind == "channel" and event.detail.get("type") == "direct-tcpip"
                for event in stage.world.events(node)
            )
            return Reading(
                0 < reached <= channels, f"{reached} connections at the target, {channels} channels at {node}"
            )

        return look

    def expected(self) -> str:
        return "every connection at the target to come through a channel of the last bastion"


class Rekeying(AtBastion):
    """An exchange of keys that the bastion asked for so long ago, at least, and that is not over yet.

    It is over when the client's new keys have arrived. Only the bastion and the link decide how long that takes, so
    nothing is proved where none goes on. Source: RFC 4253, section 9.
    """

    key: ClassVar[str] = "rekeying"
    only_in_full_logs: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True

    rekeying: Duration

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            now = time.monotonic()
            last = next((one for one in reversed(stage.world.events(node)) if one.kind in _OF_EXCHANGES), None)
            if last is None or last.kind == "rekeyed":
                return Reading(met=False, seen=f"no exchange of keys at {node}")
            seen = f"an exchange of keys at {node}, {now - last.at:.2f} s after it was asked for"
            return Reading(now - last.at >= self.rekeying, seen)

        return look

    def expected(self) -> str:
        return f"an exchange of keys to go on, {self.rekeying:g} s after the bastion asked for it"


_OF_EXCHANGES = ("rekeying", "rekeyed")


class Rekeyed(AtBastion):
    """How often the sessions of the bastion got new keys since the scenario began, at least."""

    key: ClassVar[str] = "rekeyed"
    only_in_full_logs: ClassVar[bool] = True

    rekeyed: Count

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        node = self.node(stage)

        def look() -> Reading:
            times = sum(event.kind == "rekeyed" for event in stage.world.events(node))
            return Reading(times >= self.rekeyed, f"new keys {times} times at {node}")

        return look

    def expected(self) -> str:
        return f"new keys {self.rekeyed} times at least"
