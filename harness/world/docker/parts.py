"""Puts a world together: networks and containers first, in parallel, then what drives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.address import Address
from harness.world.docker.bastion.node import Bastion
from harness.world.docker.engine import containers as nodes
from harness.world.docker.engine import images, networks
from harness.world.docker.link.packet_filter import PacketFilter
from harness.world.docker.link.toxiproxy import Toxiproxy
from harness.world.docker.plan import Plan
from harness.world.docker.releases import Release
from harness.world.docker.target.databases import Database
from harness.world.docker.target.dial import dial_from
from harness.world.docker.target.probe import ProbeTarget
from harness.world.topology import Link, Topology

_START_LIMIT = 30.0


@dataclass(frozen=True)
class Parts:
    """What a world consists of; ``filters`` and ``relays`` are by link, ``databases`` by engine, the rest by service.

    ``dial_target`` tries a connection to the target as the last bastion does, and tells what came of it.
    """

    nodes: Mapping[str, nodes.Node]
    bastions: Mapping[str, Bastion]
    probe: ProbeTarget
    filters: Mapping[str, PacketFilter]
    relays: Mapping[str, Toxiproxy]
    databases: Mapping[str, Database]
    target: str
    dial_target: Callable[[], str]

    def way_to(self, node: str) -> tuple[PacketFilter, Toxiproxy | None]:
        """Return what the link into ``node`` consists of."""
        link = f"to-{node}"
        return self.filters[link], self.relays.get(link)

    def close(self) -> None:
        """Let go of every container; a second call does nothing."""
        for bastion in self.bastions.values():
            bastion.close()
        self.probe.close()
        for database in self.databases.values():
            database.close()
        for node in self.nodes.values():
            node.shell.close()


def assemble(
    client: Any,  # noqa: ANN401 -- the docker SDK has no types
    topology: Topology,
    plan: Plan,
    world: str,
    labels: dict[str, str],
    log: Callable[[str], None],
    hear_target: Callable[[str], None],
    release: Release,
) -> tuple[Parts, networks.Networks]:
    """Start everything of ``topology``. Raises FabricBroken; what was started then carries ``labels``."""
    built = images.ensure(client, sorted({service.recipe for service in plan.services.values()}), log, release)
    laid = networks.create(client, plan, world, labels)
    site = nodes.Site(client, plan, laid, built, labels, world)
    started = _start_all(site, topology)
    with ExitStack() as undo:
        for node in started.values():
            undo.callback(node.shell.close)
        parts = Parts(
            nodes=started,
            bastions={name: _bastion(site, started[name], release) for name in topology.servers},
            probe=ProbeTarget(client, started[topology.target], topology.target_port, hear_target),
            filters={link.name: _packet_filter(link, plan, started) for link in topology.links},
            relays=_relays(topology, plan, laid),
            databases={engine: _database(site, engine, name) for engine, name in topology.databases.items()},
            target=topology.target,
            dial_target=partial(
                dial_from, started[topology.bastions[-1]].shell, address_behind(topology.target, topology, plan)
            ),
        )
        _answer_as_localhost(parts.bastions[topology.bastions[-1]], seen_by_last(topology, plan, laid), topology)
        undo.pop_all()
    return parts, laid


def address_behind(node: str, topology: Topology, plan: Plan) -> Address:
    """Return where the server before ``node`` dials it, through its link."""
    link = topology.link(f"to-{node}")
    if link.service is None:
        return Address(plan.known_as(node), plan.port(node))
    return Address(plan.known_as(link.service), link.port)


def seen_by_last(topology: Topology, plan: Plan, laid: networks.Networks) -> str:
    """Return the address at which the last bastion reaches the target, or the link before it."""
    entrance = topology.link(f"to-{topology.target}").service or topology.target
    return laid.addresses[plan.shared(topology.bastions[-1], entrance), entrance]


def _start_all(site: nodes.Site, topology: Topology) -> dict[str, nodes.Node]:
    at_once = [name for name in topology.services if name not in topology.databases.values()]
    with ThreadPoolExecutor(len(at_once)) as pool:
        starting = {
            name: pool.submit(nodes.start, site, name, environment={}, idle=name in topology.nodes) for name in at_once
        }
    return _all(starting)


def _bastion(site: nodes.Site, node: nodes.Node, release: Release) -> Bastion:
    return Bastion(site.client, node, site.plan.port(node.name), release, has_pam=site.plan.has_pam(node.name))


def _database(site: nodes.Site, engine: str, name: str) -> Database:
    start = partial(nodes.start, site, name, idle=False)
    return Database(
        engine, site.plan.known_as(name), site.plan.port(name), lambda environment: start(environment=environment)
    )


def _answer_as_localhost(last: Bastion, address: str, topology: Topology) -> None:
    """Let the target's port on the last bastion's loopback lead to the target: the same packets, no process between."""
    to, port = f"-d {address}", f"-p tcp --dport {topology.target_port}"
    last.node.shell.run(
        f"iptables -w -t nat -A OUTPUT -d 127.0.0.1 {port} -j DNAT --to-destination {address}\n"
        f"iptables -w -t nat -A POSTROUTING -s 127.0.0.1 {to} {port} -j MASQUERADE"
    )


def _relays(topology: Topology, plan: Plan, laid: networks.Networks) -> dict[str, Toxiproxy]:
    relays = {
        link.name: Toxiproxy(laid.addresses[plan.reachable_on(link.service), link.service], link.port)
        for link in topology.links
        if link.service is not None
    }
    for relay in relays.values():
        relay.await_ready(_START_LIMIT)
    return relays


def _all(starting: Mapping[str, Future[nodes.Node]]) -> dict[str, nodes.Node]:
    failures = [error for future in starting.values() if (error := future.exception()) is not None]
    if failures:
        for future in starting.values():
            if future.exception() is None:
                future.result().shell.close()
        raise failures[0]
    return {name: future.result() for name, future in starting.items()}


def _packet_filter(link: Link, plan: Plan, started: Mapping[str, nodes.Node]) -> PacketFilter:
    if link.service is None:
        return PacketFilter(started[link.leads_to].shell, plan.port(link.leads_to))
    return PacketFilter(started[link.service].shell, link.port, onward=plan.port(link.leads_to))
