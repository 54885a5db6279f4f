"""One running topology in containers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from harness.address import Address
from harness.errors import FabricBroken, UsageError
from harness.faults.model import (
    ActiveFault,
    Fault,
)
from harness.probe.setup import TargetSetup
from harness.run import Run
from harness.timeline import Timeline
from harness.world.docker.bastion.node import Bastion
from harness.world.docker.engine import client as engine
from harness.world.docker.faults.abilities import why_not
from harness.world.docker.faults.table import look_up
from harness.world.docker.link.capture import Capture
from harness.world.docker.parts import address_behind, assemble, seen_by_last
from harness.world.docker.plan import plan
from harness.world.docker.releases import Release
from harness.world.docker.target import socket as target_socket
from harness.world.fabric import BastionSetup, Passed, ServerEvent, TargetConnection, TargetForm
from harness.world.topology import Topology

_NO_PROOF = TargetSetup()


class DockerWorld:
    """Fulfils :class:`harness.world.fabric.World`."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 -- the docker SDK has no types
        run: Run,
        topology: Topology,
        log: Callable[[str], None],
        release: Release,
    ) -> None:
        self.topology = topology
        self._client = client
        self._log = log
        self._name = f"{run.name}-{secrets.token_hex(3)}"
        self._plan = plan(topology)
        self._timeline: Timeline | None = None
        self._faults: list[ActiveFault] = []
        self._captures: dict[str, Capture] = {}
        labels = engine.labels(run, self._name)
        try:
            self._parts, self._networks = assemble(
                client, topology, self._plan, self._name, labels, log, self._hear_target, release
            )
        except BaseException:
            self._remove()
            raise

    def begin(self, timeline: Timeline, setups: Mapping[str, BastionSetup], target: TargetSetup = _NO_PROOF) -> None:
        """Make the world ready for one scenario (see the protocol). Raises FabricBroken."""
        if missing := set(self.topology.servers) - set(setups):
            raise UsageError(f"no setup for {', '.join(sorted(missing))}")
        self._heal()
        self._stop_watching()
        self._timeline = timeline
        with ThreadPoolExecutor(len(self._parts.bastions)) as pool:
            beginnings = [
                pool.submit(each.begin, timeline, setups[name]) for name, each in self._parts.bastions.items()
            ]
        for begun in beginnings:
            begun.result()
        for relay in self._parts.relays.values():
            relay.reset()
        for packet_filter in self._parts.filters.values():
            packet_filter.begin()
        self._parts.probe.begin(target)

    def end(self) -> None:
        """Heal every fault and end every session. Raises FabricBroken."""
        self._heal()
        self._stop_watching()
        for bastion in self._parts.bastions.values():
            bastion.end()
        self._parts.probe.begin(_NO_PROOF)
        self._timeline = None

    def address(self, node: str) -> Address:
        """Return where the hop before ``node`` dials it, through its link."""
        link = self.topology.link(f"to-{node}")
        if link.service is not None and node in (self.topology.bastions[0], *self.topology.beside):
            return Address(self._networks.addresses[self._plan.reachable_on(link.service), link.service], link.port)
        return address_behind(node, self.topology, self._plan)

    def target_as(self, form: TargetForm) -> Address:
        """Return the target as the last bastion knows it."""
        by_address = seen_by_last(self.topology, self._plan, self._networks)
        hosts: dict[TargetForm, str] = {"localhost": "localhost", "loopback": "127.0.0.1", "address": by_address}
        return Address(hosts[form], self.topology.target_port)

    def setup(self, node: str) -> BastionSetup:
        """Return the bastion's present setup, its host keys filled in and as rotated so far."""
        return self._parts.bastions[node].setup

    def why_not(self, fault: Fault) -> str | None:
        """Return why ``fault`` cannot be done here, or None when it can."""
        return why_not(self.topology, fault)

    def inject(self, fault: Fault) -> ActiveFault:
        """Break something; returns when the break is in force. Raises FabricBroken."""
        if reason := self.why_not(fault):
            raise FabricBroken(f"{fault} cannot be done: {reason}")
        active = look_up(fault).install(self._parts)
        self._faults.append(active)
        return active

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        """Return what the bastion ``node`` saw since ``begin``. Raises FabricBroken."""
        return self._parts.bastions[node].events()

    def sessions(self, node: str) -> int:
        """Return how many authenticated SSH connections the bastion ``node`` has now. Raises FabricBroken."""
        return self._parts.bastions[node].sessions()

    def target_connections(self) -> tuple[TargetConnection, ...]:
        """Return every connection that the probe target accepted since ``begin``. Raises FabricBroken."""
        return self._parts.probe.connections()

    def outsiders(self) -> tuple[TargetConnection, ...]:
        """Return the target's connections that did not come from another node of this world. Raises FabricBroken."""
        target = self.topology.target
        inside = {address for (_, service), address in self._networks.addresses.items() if service != target}
        return tuple(each for each in self.target_connections() if each.peer.rpartition(":")[0] not in inside)

    def link_connections(self, link: str) -> int:
        """Return how many connections were attempted through ``link`` since ``begin``. Raises FabricBroken."""
        return self._parts.filters[link].attempts()

    def watch(self, link: str) -> None:
        """Begin to note what passes ``link``; for this scenario only. Raises FabricBroken."""
        if link not in self._captures:
            way = self.topology.link(link)
            node = self._parts.nodes[way.service or way.leads_to]
            self._captures[link] = Capture(self._client, node, self._parts.filters[link].port)

    def traffic(self, link: str) -> tuple[Passed, ...]:
        """Return what arrived at ``link`` since :meth:`watch`, oldest first. Raises FabricBroken."""
        if link not in self._captures:
            raise FabricBroken(f"{link} is not watched")
        return self._captures[link].passed()

    def target_socket(self) -> str:
        """Return the path of a Unix domain socket on the last bastion that leads to the target. Raises FabricBroken."""
        target_socket.serve(self._last.node.shell, self.address(self.topology.target))
        return target_socket.PATH

    def database(self, engine: str) -> Mapping[str, str]:
        """Return ``host port user password dbname proof`` of the real database, as soon as it answers."""
        return self._parts.databases[engine].coordinates()

    def prove(self, bastion: str) -> None:
        """See that the last bastion, where it is this one, reaches the target by itself. Raises FabricBroken."""
        if bastion == self.topology.bastions[-1] and (met := self._parts.dial_target()) != "a connection":
            target = self.topology.target
            raise FabricBroken(f"{bastion} tried {target} by itself and got {met}, though nothing should prevent it")

    def check(self) -> None:
        """See that every server and the target listen. Raises FabricBroken, naming the one that does not."""
        for bastion in self._parts.bastions.values():
            bastion.check()
        if not self._parts.probe.listens():
            raise FabricBroken(f"{self.topology.target} does not listen, though nothing should have stopped it")

    def close(self) -> None:
        """Remove everything; a second call does nothing."""
        try:
            self._remove()
        finally:
            self._stop_watching()
            self._parts.close()

    @property
    def _last(self) -> Bastion:
        return self._parts.bastions[self.topology.bastions[-1]]

    def _stop_watching(self) -> None:
        while self._captures:
            self._captures.popitem()[1].close()

    def _heal(self) -> None:
        while self._faults:
            self._faults.pop().heal()

    def _hear_target(self, text: str) -> None:
        if self._timeline is not None:
            self._timeline.add("target", "log", self.topology.target, text)

    def _remove(self) -> None:
        engine.remove(self._client, f"{engine.WORLD_LABEL}={self._name}")
