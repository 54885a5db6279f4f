"""One running topology of the embedded fabric: bastions, the target and one relay, each a process."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import harness.probe.target
from harness.address import Address
from harness.errors import FabricBroken
from harness.facts import Connection
from harness.probe.setup import TargetSetup
from harness.world.embedded.bastion.machine import Bastion
from harness.world.embedded.faults.abilities import find, why_not
from harness.world.embedded.faults.parts import Parts
from harness.world.embedded.faults.table import Impossible
from harness.world.embedded.machines.machine import Machine, ProbeTarget
from harness.world.embedded.machines.node import Node
from harness.world.embedded.machines.ports import HOST, Ports
from harness.world.fabric import BastionSetup, Passed, ServerEvent, TargetConnection, TargetForm, timeline_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.faults.model import ActiveFault, Fault
    from harness.timeline import Timeline
    from harness.world.topology import Topology

_TARGET_ADDRESS = "10.0.0.7"
"""The target's address in the last bastion's table of hosts; nothing is ever dialled there."""
_TARGET_SOCKET = "/run/target.sock"
"""The target in the last bastion's table of sockets; nothing is ever made there."""
_NO_PROOF = TargetSetup()


class EmbeddedWorld:
    """Fulfils :class:`harness.world.fabric.World`; names that only bastions resolve end in ``.internal``."""

    def __init__(self, topology: Topology, environment: Mapping[str, str], log: Callable[[str], None]) -> None:
        self.topology = topology
        self._environment = environment
        self._log = log
        self._timeline: Timeline | None = None
        self._faults: list[ActiveFault] = []
        self._relayed: dict[int, set[int]] = {}
        with ExitStack() as undo:
            self._ports = Ports()
            undo.callback(self._ports.close)
            self._behind = {node: self._ports.pick() for node in topology.nodes}
            self._through = {link.name: self._ports.pick() for link in topology.links}
            self._relay = self._start_relay()
            undo.callback(self._relay.kill)
            self._bastions: dict[str, Bastion] = {}
            for name in topology.servers:
                self._bastions[name] = self._start_bastion(name)
                undo.callback(self._bastions[name].node.kill)
            self._target = ProbeTarget(topology.target, self._launch_target)
            undo.callback(self._target.node.kill)
            for node in self._nodes:
                node.wait_ready()
            undo.pop_all()

    # --- one scenario after the other

    def begin(self, timeline: Timeline, setups: Mapping[str, BastionSetup], target: TargetSetup = _NO_PROOF) -> None:
        """Heal, replace what has ended, end every connection, take the setups. Raises NotRun for a policy."""
        self.end()
        waits = [self._bastions[name].begin(setup) for name, setup in setups.items()]
        for wait in (self._target.begin(target), *waits):
            wait()
        self._relayed.clear()
        self._timeline = timeline

    def end(self) -> None:
        """Heal every fault, replace every node that ended by itself, end every connection."""
        while self._faults:
            self._faults.pop().heal()
        self._catch_up()
        self._timeline = None
        if not self._relay.alive:
            self._relay = self._start_relay()
            self._relay.wait_ready()
        for machine in self._machines.values():
            if not machine.node.alive:
                machine.replace()
        self._relay.request("reset")
        waits = [self._target.begin(_NO_PROOF), *(bastion.begin(bastion.setup) for bastion in self._bastions.values())]
        for wait in waits:
            wait()

    def prove(self, bastion: str) -> None:
        """See that ``bastion``, where it is the last one, reaches the target through its link. Raises FabricBroken."""
        target = self.topology.target
        if self._is_last(bastion) and self._bastion(bastion).gets_no_answer(self._through[f"to-{target}"]):
            raise FabricBroken(f"{bastion} itself gets no answer from {target}, though nothing should prevent that")

    def check(self) -> None:
        """See that every node runs and does what it is asked. Raises FabricBroken, naming the one that does not."""
        self._relay.request("links")
        for machine in self._machines.values():
            machine.check()

    def close(self) -> None:
        """End every process and give the ports back; a second call does nothing."""
        self._timeline = None
        for node in self._nodes:
            node.kill()
        self._ports.close()

    # --- what scenarios ask

    def address(self, node: str) -> Address:
        """Return where the hop before ``node`` dials it."""
        if node in {self.topology.bastions[0], *self.topology.beside}:
            return Address(HOST, self._through[f"to-{node}"])
        if node == self.topology.target:
            return Address(f"{node}.internal", self.topology.target_port)
        return Address(f"{node}.internal", self.topology.link(f"to-{node}").port)

    def target_as(self, form: TargetForm) -> Address:
        """Return the target as the last bastion knows it; its address is one that only that one maps."""
        hosts: dict[TargetForm, str] = {"localhost": "localhost", "loopback": HOST, "address": _TARGET_ADDRESS}
        return Address(hosts[form], self.topology.target_port)

    def setup(self, node: str) -> BastionSetup:
        """Return the bastion's setup with its host keys."""
        return self._bastion(node).setup

    def why_not(self, fault: Fault) -> str | None:
        """Return why ``fault`` is impossible, or None."""
        return why_not(self.topology, fault)

    def inject(self, fault: Fault) -> ActiveFault:
        """Break something. Raises FabricBroken, also when :meth:`can` says that it is impossible."""
        row = find(self.topology, fault)
        if isinstance(row, Impossible):
            raise FabricBroken(row.why)
        parts = Parts(self._relay, self._bastions, self._before, self._machines, self._through)
        installed = row.install(parts)
        self._faults.append(installed)
        return installed

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        """Return what the bastion saw since :meth:`begin`."""
        return self._bastion(node).events()

    def sessions(self, node: str) -> int:
        """Return the bastion's authenticated connections, while it is frozen those it had before."""
        return self._bastion(node).sessions()

    def target_connections(self) -> tuple[TargetConnection, ...]:
        """Return what the target accepted since :meth:`begin`, while it is frozen as it was before."""
        return self._target.connections()

    def outsiders(self) -> tuple[TargetConnection, ...]:
        """Return the target's connections that the relay did not dial for one that came from a bastion."""
        accepted = self._target.connections()
        self._relay.request("links")
        ours = frozenset[int]().union(*(bastion.dialled() for bastion in self._bastions.values()))
        inside = {port for port, sources in self._relayed.items() if sources & ours}
        return tuple(each for each in accepted if int(each.peer.rpartition(":")[2]) not in inside)

    def link_connections(self, link: str) -> int:
        """Return how many connections the link accepted; those that it refused cannot be seen."""
        accepted: int = self._relay.request("links")[self.topology.link(link).name]["accepted"]
        return accepted

    def watch(self, link: str) -> None:
        """Forget what passed until now; the relay notes everything by nature."""
        self._relay.request("watch", link=link)

    def traffic(self, link: str) -> tuple[Passed, ...]:
        """Return the last 4096 pieces that arrived at the link since :meth:`watch`, as the relay read them."""
        chunks = self._relay.request("traffic", link=link)["chunks"]
        return tuple(Passed(at, str(number), towards, size) for at, number, towards, size in chunks)

    def target_socket(self) -> str:
        """Return the path by which the last bastion reaches the target, through its link."""
        return _TARGET_SOCKET

    def database(self, engine: str) -> NoReturn:
        """Raise FabricBroken: there is none."""
        raise FabricBroken(f"{engine} needs the docker fabric: a real database")

    # --- the processes

    @property
    def _machines(self) -> dict[str, Machine]:
        return {**self._bastions, self._target.name: self._target}

    @property
    def _nodes(self) -> list[Node]:
        return [self._relay, *(machine.node for machine in self._machines.values())]

    @property
    def _before(self) -> dict[str, list[Bastion]]:
        """The bastions that dial each link; the client dials the first, and those beside it."""
        return {
            link.name: [one for name, one in self._bastions.items() if f"to-{self._after(name)}" == link.name]
            for link in self.topology.links
        }

    def _catch_up(self) -> None:
        """Wait until what the nodes saw so far stands on the timeline."""
        if self._relay.alive:
            self._relay.request("links")
        for bastion in self._bastions.values():
            bastion.events()

    def _bastion(self, name: str) -> Bastion:
        if name not in self._bastions:
            raise FabricBroken(f"{self.topology.name} has no bastion {name!r}: {', '.join(self._bastions)}")
        return self._bastions[name]

    def _start_relay(self) -> Node:
        argv = ["-m", "harness.world.embedded.relay.process"]
        relay = Node("relay", argv, self._environment, self._saw_connection, self._log)
        links = {
            link.name: {"listen": self._through[link.name], "leads_to": self._behind[link.leads_to]}
            for link in self.topology.links
        }
        relay.configure({"links": links})
        return relay

    def _start_bastion(self, name: str) -> Bastion:
        def launch(setup: Mapping[str, Any], on_event: Callable[[dict[str, Any]], None]) -> Node:
            node = Node(name, ["-m", "harness.world.embedded.bastion.process"], self._environment, on_event, self._log)
            node.configure(
                {
                    "port": self._behind[name],
                    "hosts": self._hosts(name),
                    "sockets": self._sockets(name),
                    "setup": setup,
                }
            )
            return node

        return Bastion(name, launch, self._saw)

    def _launch_target(self, setup: Mapping[str, Any]) -> Node:
        argv = [str(Path(harness.probe.target.__file__)), "--host", HOST, "--port"]
        argv.append(str(self._behind[self.topology.target]))
        node = Node(self.topology.target, argv, self._environment, lambda _event: None, self._log)
        node.configure(setup)
        return node

    def _hosts(self, bastion: str) -> dict[str, dict[str, int]]:
        """Return the names that ``bastion`` resolves, and what listens there."""
        after = self._after(bastion)
        address = self.address(after)
        there = {str(address.port): self._through[f"to-{after}"]}
        if after != self.topology.target:
            return {address.host: there, "localhost": {}, HOST: {}}
        return dict.fromkeys((address.host, _TARGET_ADDRESS, "localhost", HOST), there)

    def _sockets(self, bastion: str) -> dict[str, int]:
        """Return the Unix domain sockets of ``bastion``, and what listens there."""
        return {_TARGET_SOCKET: self._through[f"to-{self.topology.target}"]} if self._is_last(bastion) else {}

    def _is_last(self, bastion: str) -> bool:
        return self._after(bastion) == self.topology.target

    def _after(self, bastion: str) -> str:
        """Return the node to which ``bastion`` leads; one beside the first is like it."""
        following = (*self.topology.bastions, self.topology.target)
        place = 0 if bastion in self.topology.beside else following.index(bastion)
        return following[place + 1]

    def _saw(self, event: ServerEvent) -> None:
        if self._timeline is not None:
            kind = timeline_kind(event.kind, event.detail)
            detail = " ".join(f"{key}={value}" for key, value in event.detail.items())
            self._timeline.add("bastion", kind, event.node, f"{event.kind} {detail}".rstrip(), at=event.at)

    def _saw_connection(self, message: dict[str, Any]) -> None:
        if message["event"] == "dialled":
            if message["link"] == f"to-{self.topology.target}":
                self._relayed.setdefault(message["port"], set()).add(message["source"])
        elif self._timeline is not None:
            seen = Connection(number=message["connection"], phase=message["event"])
            self._timeline.tell("link", message["link"], seen, at=message["at"])
