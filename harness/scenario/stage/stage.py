"""What the verbs of one scenario act on: its world, its adapter, its tunnels, its open connections."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from harness.adapter.conversation import Pending
from harness.adapter.failures import NoAnswer, Refused
from harness.adapter.profile import Profile
from harness.adapter.protocol import OpenOk
from harness.address import Address
from harness.errors import FabricBroken, Failed, Inconclusive, Unsupported
from harness.facts import FaultBegan, FaultHealed, Proof
from harness.faults.model import ActiveFault, ClientFault, Fault, Reset, Sleep, subject
from harness.probe.client import Held, Stream, abort
from harness.probe.half_close import Rest
from harness.probe.setup import TargetSetup
from harness.probe.talk import Way
from harness.scenario.language.rehearsal import no_fault, no_tunnel, nothing_held
from harness.scenario.language.tunnel import HostKeysSpec, TunnelSpec
from harness.scenario.login.profile import ProfileBuilder
from harness.scenario.stage.endpoint import endpoint
from harness.scenario.stage.family import Resources
from harness.scenario.stage.ledger import Ledger, has_login, has_visitor
from harness.scenario.stage.offline import OfflineStage
from harness.timeline import Lane
from harness.world.fabric import World

_DEATH_SECONDS = 2.0
"""What a process may take to die, once its connections have ended."""
_RECORD_SECONDS = 5.0
"""What a server may take to put a login on record, once the client is in."""
_POLL = 0.02


@dataclass(frozen=True)
class AskedTunnel:
    """A tunnel that was asked for, ``at`` on the ``time.monotonic()`` clock, by this ``profile``, over this route."""

    profile: Profile
    route: tuple[str, ...]
    at: float


@dataclass
class Tunnel:
    """A tunnel that a scenario opened: its profile, and where it said that it listens, first and last.

    ``leads_from`` is the bastion from which it reaches the target.
    """

    profile: Profile
    address: Address
    first_address: Address
    leads_from: str = ""


@dataclass(frozen=True)
class PendingTunnel:
    """A tunnel that was asked for and has not been heard of yet."""

    asked: AskedTunnel
    pending: Pending[OpenOk]


@dataclass
class InjectedFault:
    """A fault that is or was in force."""

    fault: Fault | ClientFault
    active: ActiveFault
    healed: bool = False

    @property
    def name(self) -> str:
        """What messages call it, such as ``stall of to-bastion``."""
        return f"{self.fault.kind} of {subject(self.fault)}"


@dataclass(kw_only=True)
class Stage(OfflineStage):
    """A stage with a world. A tunnel was last asked for at ``asked_at``, on the ``time.monotonic()`` clock.

    ``beside`` opens the same tunnel with ssh, to compare with. ``target`` is how the probe target serves. ``ledger`` is
    what probes came through, to be compared with what the world has on record.
    """

    world: World
    profiles: ProfileBuilder
    beside: Callable[[Profile], AbstractContextManager[Address]]
    target: TargetSetup = field(default_factory=TargetSetup)
    ledger: Ledger = field(default_factory=Ledger)
    store_before: bytes = b""
    store_mode: int = 0
    route: tuple[str, ...] = ()
    host_keys: HostKeysSpec = field(default_factory=HostKeysSpec)
    asked_at: float = field(default_factory=time.monotonic)
    tunnels: dict[str, Tunnel] = field(default_factory=dict)
    held: dict[str, list[Held]] = field(default_factory=dict)
    faults: list[InjectedFault] = field(default_factory=list)
    streams: dict[str, Stream | Rest] = field(default_factory=dict)
    full: list[socket.socket] = field(default_factory=list)
    noted: Resources | None = None
    opening: dict[str, PendingTunnel] = field(default_factory=dict)

    def kept_as(self, node: str) -> Address:
        """Return the place under which the store of the tunnel last asked for has the keys of ``node``."""
        return self.profiles.kept_as(node, self.host_keys)

    def asked(self, spec: TunnelSpec, profile: Profile) -> AskedTunnel:
        """Note that a tunnel is asked for now: what observations compare with is what was there before.

        First reads all that the servers have logged about the tunnel before this one: on docker, log lines can arrive
        late, with the time at which they were written.
        """
        if self.route:
            for node in self.world.topology.servers:
                self.world.events(node)
        self.route = self.profiles.route(spec)
        self.host_keys = spec.host_keys
        self.asked_at = time.monotonic()
        there = self.profiles.store.exists()
        self.store_before = self.profiles.store.read_bytes() if there else b""
        self.store_mode = self.profiles.store.stat().st_mode if there else 0
        return AskedTunnel(profile, self.route, self.asked_at)

    def opened(self, name: str, asked: AskedTunnel, answer: OpenOk, before: Tunnel | None = None) -> Tunnel:
        """Note that a tunnel is open, where it says that it is; ``before`` was open already when it was asked for.

        Raises AdapterBroken for an address that was not asked for, and Failed when a server on the way has no login on
        record since then; the same tunnel as before needs no other.
        """
        address = endpoint(answer.host, answer.port, asked.profile.local)
        if before is None or before.profile != asked.profile:
            self.logged_in(asked)
        first = before.first_address if before else address
        self.tunnels[name] = tunnel = Tunnel(asked.profile, address, first, asked.route[-1])
        return tunnel

    def logged_in(self, asked: AskedTunnel) -> None:
        """See that every server on the way has a login on record since the tunnel was asked for. Raises Failed.

        sshd tells of a login when the client has been let in already (mm_answer_* and auth_log in its monitor.c). It is
        waited for where somebody came at all.
        """
        until = time.monotonic() + _RECORD_SECONDS
        while True:
            told = {node: self.world.events(node) for node in asked.route}
            without = [node for node, events in told.items() if not has_login(events, asked.at)]
            if not without:
                return
            if time.monotonic() >= until or not all(has_visitor(told[node], asked.at) for node in without):
                break
            time.sleep(_POLL)
        raise Failed("a login at every server on the way", f"success, and no login on record at {', '.join(without)}")

    def way(self, name: str) -> Way:
        """Return what probes use of an open tunnel. Raises UsageError when the scenario has not opened it."""
        tunnel = self.tunnel(name)
        return Way(tunnel.address, self.target, self.ledger.of(tunnel.leads_from))

    def tunnel(self, name: str) -> Tunnel:
        """Return an open tunnel. Raises UsageError when the scenario has not opened it."""
        if name not in self.tunnels:
            raise no_tunnel(name)
        return self.tunnels[name]

    def connections(self, name: str) -> list[Held]:
        """Return the held connections called ``name``. Raises UsageError when there are none."""
        if name not in self.held:
            raise nothing_held(name)
        return self.held[name]

    def inject(self, fault: Fault) -> None:
        """Break something, and remember it."""
        self.install(fault, self.world.inject(fault))

    def install(self, fault: Fault | ClientFault, active: ActiveFault) -> None:
        """Remember a fault that is in force."""
        installed = InjectedFault(fault, active)
        self.faults.append(installed)
        self._tell(installed, FaultBegan(name=installed.name, lasts=not isinstance(fault, Reset)))

    def heal(self, kind: type[Fault | ClientFault], name: str) -> None:
        """Undo the newest fault of this kind on ``name``, its evidence first. Raises UsageError, Inconclusive."""
        for installed in reversed(self.faults):
            if isinstance(installed.fault, kind) and subject(installed.fault) == name and not installed.healed:
                self.prove(installed)
                self._undo(installed)
                return
        raise no_fault(name, kind.kind)

    def heal_newest(self, name: str) -> None:
        """Undo the newest fault on ``name`` that is in force. Raises UsageError, Inconclusive."""
        for installed in reversed(self.faults):
            if subject(installed.fault) == name and not installed.healed:
                self.heal(type(installed.fault), name)
                return
        raise no_fault(name)

    def prove(self, installed: InjectedFault) -> None:
        """Record the evidence of a fault. Raises Inconclusive when it does not prove that it took effect."""
        evidence = installed.active.evidence()
        self._tell(installed, Proof(name=installed.name, seen=evidence.summary))
        if not evidence.proven:
            raise Inconclusive(f"{installed.name}: no evidence that it took effect ({evidence.summary})")

    def prove_all(self) -> None:
        """Record the evidence of every fault that is still in force. Raises Inconclusive."""
        for installed in self.faults:
            if not installed.healed:
                self.prove(installed)

    def hear_adapter(self) -> None:
        """Let an adapter that has just died be heard of. Raises AdapterBroken.

        Its connections end a moment before its process has ended. So it is asked for the status of a tunnel that it
        opened, unless it sleeps: one that lives answers or is slow, and of one that dies the end is heard.
        """
        asleep = any(isinstance(one.fault, Sleep) and not one.healed for one in self.faults)
        if self.tunnels and not asleep:
            with suppress(NoAnswer, Refused, Unsupported):
                self.adapter.status(next(reversed(self.tunnels)), timeout=_DEATH_SECONDS)

    def check_adapter(self) -> None:
        """See that the adapter keeps to the protocol, and does what was begun. Raises AdapterBroken, Unsupported."""
        super().check_adapter()
        for begun in self.opening.values():
            if begun.pending.done():
                with suppress(Refused):
                    begun.pending.wait(0)

    def check(self) -> None:
        """See that the adapter keeps to the protocol, and that the world works once it is healed.

        A bastion that died by itself would pass for one that was broken on purpose. Raises AdapterBroken, FabricBroken.
        """
        super().check()
        for installed in reversed(self.faults):
            if not installed.healed:
                self._undo(installed)
        self.world.check()

    def prove_bastions(self) -> None:
        """See that no server broke off a connection for a reason of its own. Raises FabricBroken, with the reason."""
        for node in self.world.topology.servers:
            for event in self.world.events(node):
                if event.kind == "broke":
                    reason = event.detail["reason"]
                    raise FabricBroken(f"{node} dropped a connection because of a defect of its own: {reason}")

    def prove_probes(self) -> None:
        """See that whatever came back to a probe came by the bastions, as their records have it. Raises Failed."""
        self.ledger.compare(self.world)

    def prove_world(self) -> None:
        """See that the last bastion of the way reaches the target by itself. Raises FabricBroken."""
        self.world.prove((self.route or self.world.topology.bastions)[-1])

    def close(self) -> None:
        """End what the scenario still holds open."""
        for connections in self.held.values():
            for connection in connections:
                connection.close()
        for stream in self.streams.values():
            stream.abort()
        for full in self.full:
            abort(full)

    def _undo(self, installed: InjectedFault) -> None:
        installed.active.heal()
        installed.healed = True
        self._tell(installed, FaultHealed(name=installed.name))

    def _tell(self, installed: InjectedFault, fact: FaultBegan | FaultHealed | Proof) -> None:
        name = subject(installed.fault)
        self.timeline.tell(self.lane(name), name, fact)

    def lane(self, name: str) -> Lane:
        """Return the timeline's lane for a node, a link or the client."""
        if name == subject(Sleep()):
            return "client"
        if name in self.world.topology.servers:
            return "bastion"
        return "target" if name == self.world.topology.target else "link"
