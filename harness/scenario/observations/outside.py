"""Observations of the implementation from outside: its connections, its sockets, its store."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, ClassVar, Literal

import psutil
from pydantic import Field

from harness.adapter.profile import SocketTarget, Target
from harness.errors import UsageError
from harness.faults.needs import Need, NeedsOfClient
from harness.scenario.language.observation import Observation, OfProcesses, Reading
from harness.scenario.language.rehearsal import Rehearsal, no_decoy
from harness.scenario.language.tunnel import TargetSpec
from harness.scenario.props import store
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage

_NAMELESS = "the target of this tunnel has no name that could be looked up"


class Connections(Observation):
    """The connections that ``connect`` holds: all ``open``, or all ``closed`` (by EOF or reset)."""

    key: ClassVar[str] = "connections"

    connections: Literal["open", "closed"]
    held: str = "held"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at their readers."""
        held = stage.connections(self.held)

        def look() -> Reading:
            ended = [one.ended_at for one in held if one.ended_at is not None]
            seen = f"{len(ended)} of {len(held)} connections closed"
            if self.connections == "open":
                return Reading(not ended, seen, min(ended, default=None))
            return Reading(len(ended) == len(held), seen, max(ended, default=None))

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.held(self.held)

    def expected(self) -> str:
        return f"the held connections to be {self.connections}"


class Listens(OfProcesses):
    """Where the implementation's processes listen: only on ``loopback`` (and somewhere), or ``nowhere``."""

    key: ClassVar[str] = "listens"

    listens: Literal["loopback", "nowhere"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the listening sockets of the adapter and its children."""
        family = Family(stage.adapter.pid)

        def look() -> Reading:
            hosts = sorted({(host, port) for state, host, port in family.sockets() if state == psutil.CONN_LISTEN})
            where = ", ".join(f"{host}:{port}" for host, port in hosts) or "nowhere"
            if self.listens == "nowhere":
                return Reading(not hosts, f"listening at {where}")
            exposed = [host for host, _ in hosts if not ipaddress.ip_address(host).is_loopback]
            return Reading(bool(hosts) and not exposed, f"listening at {where}")

        return look

    def expected(self) -> str:
        return "no listening socket" if self.listens == "nowhere" else "listening sockets on loopback only"


class LocalPort(Observation):
    """Whether the port on which a tunnel listens is in a range, both ends included: ``60000..65000``."""

    key: ClassVar[str] = "local_port"

    local_port: Annotated[str, Field(pattern=r"^\d{1,5}\.\.\d{1,5}$")]
    tunnel: str = "main"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the endpoint that was given, which steps before this one have used."""
        port = stage.tunnel(self.tunnel).address.port
        first, last = map(int, self.local_port.split(".."))
        return lambda: Reading(first <= port <= last, f"port {port}")

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)

    def expected(self) -> str:
        return f"a local port in {self.local_port}"


class DecoyTouched(Observation):
    """Whether anything connected to the ``decoy``, which only a tunnel that dials the target itself reaches."""

    key: ClassVar[str] = "decoy"

    decoy: Literal["untouched"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at who came. Raises UsageError where no decoy was laid."""
        decoy = stage.profiles.logins.props.laid_decoy

        def look() -> Reading:
            return Reading(decoy.touched == 0, f"{decoy.touched} connections to port {decoy.port} of this machine")

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        if not so_far.has_decoy:
            raise no_decoy()

    def expected(self) -> str:
        return "no connection to the target's port on this machine"


class LookedUp(Observation):
    """Whether the implementation asked a resolver for a name that it must not look up.

    Only the last bastion looks up the target's name, and only the server before it looks up a later server's name.
    """

    key: ClassVar[str] = "looked_up"

    looked_up: Literal["never"]
    tunnel: str = "main"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at what the scenario's resolver was asked. Raises UsageError where the target has no name."""
        profile = stage.tunnel(self.tunnel).profile
        theirs = {_name(profile.target), *(one.host.lower() for one in (*profile.jumps, profile.ssh)[1:])}
        names = stage.profiles.logins.props.names

        def look() -> Reading:
            asked = names.asked()
            return Reading(theirs.isdisjoint(asked), f"the resolver was asked for {', '.join(asked) or 'nothing'}")

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        target = so_far.tunnel(self.tunnel).target
        host = target.host if isinstance(target, TargetSpec) else target
        if host in {"socket", "loopback", "address"} or _is_address(host):
            raise UsageError(_NAMELESS)

    def expected(self) -> str:
        return "the names of the target and of later servers not to be looked up at the client"

    def needs(self) -> frozenset[Need]:
        """Return that the scenario has a resolver of its own."""
        return frozenset({NeedsOfClient("names")})


def _name(target: Target | SocketTarget) -> str:
    if isinstance(target, SocketTarget) or _is_address(target.host):
        raise UsageError(_NAMELESS)
    return target.host.lower()


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False


class Stored(Observation):
    """The store of host keys: it holds the bastion's ``current`` key, ``nothing`` for it, or is ``unchanged``.

    ``unchanged`` compares every byte with what it was before the tunnel was last asked for. ``current`` also compares
    all that is not about the bastions on the route: other names of their lines, other lines, comments. The file must
    not become open to more people than before either.
    """

    key: ClassVar[str] = "stored"

    stored: Literal["current", "nothing", "unchanged"]
    at: str | None = None

    def servers(self) -> tuple[str, ...]:
        """Return the bastion, where one is named."""
        return (self.at,) if self.at else ()

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.see_asked()

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the file."""
        node = self.at or stage.route[-1]
        file = stage.profiles.store
        address = stage.kept_as(node)
        ours = {address, *map(stage.kept_as, stage.route)}

        def look() -> Reading:
            content = file.read_bytes() if file.exists() else b""
            if self.stored == "unchanged":
                same = content == stage.store_before
                return Reading(same, "the store is as before" if same else "the store was changed")
            kept = store.keys_of(file, address)
            if self.stored == "nothing":
                return Reading(not kept, f"{len(kept)} keys stored for {node}")
            current = {key.public for key in stage.world.setup(node).host_keys}
            lost = store.others(stage.store_before.decode(), ours) - store.others(content.decode(), ours)
            if lost:
                return Reading(met=False, seen=f"the store lost what was not about these bastions: {min(lost)!r}")
            opened = file.stat().st_mode & ~stage.store_mode if file.exists() and stage.store_mode else 0
            if opened:
                return Reading(met=False, seen=f"the store is open to more people than before: {opened & 0o777:03o}")
            return Reading(
                bool(kept) and kept <= current,
                f"{len(kept & current)} of {len(kept)} stored keys are current",
            )

        return look

    def expected(self) -> str:
        if self.stored == "unchanged":
            return "the store of host keys to stay as it was"
        return f"the store to hold {'the current key' if self.stored == 'current' else 'nothing'} for the bastion"
