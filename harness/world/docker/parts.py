"""Puts a world together: networks and containers first, in parallel, then what drives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from harness.world.docker import images, networks, nodes
from harness.world.docker.bastion import Bastion
from harness.world.docker.databases import Database
from harness.world.docker.gate import Gate
from harness.world.docker.plan import LINK_PORT, Plan
from harness.world.docker.probe import Probe
from harness.world.docker.toxiproxy import Toxiproxy
from harness.world.topology import Link, Topology

_START_LIMIT = 30.0


@dataclass(frozen=True)
class Parts:
    """What a world consists of; ``gates`` and ``relays`` are by link, ``databases`` by engine, the rest by service."""

    nodes: Mapping[str, nodes.Node]
    bastions: Mapping[str, Bastion]
    probe: Probe
    gates: Mapping[str, Gate]
    relays: Mapping[str, Toxiproxy]
    databases: Mapping[str, Database]

    def close(self) -> None:
        """Let go of every container; a second call does nothing."""
        for bastion in self.bastions.values():
            bastion.close()
        self.probe.close()
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
) -> tuple[Parts, networks.Networks]:
    """Start everything of ``topology``. Raises FabricBroken; what was started then carries ``labels``."""
    built = images.ensure(client, sorted({service.recipe for service in plan.services.values()}), log)
    laid = networks.create(client, plan, world, labels)
    site = nodes.Site(client, plan, laid, built, labels, world)
    databases = {
        engine: Database(engine, plan.known_as(name), plan.port(name)) for engine, name in topology.databases.items()
    }
    started = _start_all(site, topology, databases)
    with ExitStack() as undo:
        for node in started.values():
            undo.callback(node.shell.close)
        parts = Parts(
            nodes=started,
            bastions={name: Bastion(client, started[name], plan.port(name)) for name in topology.servers},
            probe=Probe(client, started[topology.target], topology.target_port, hear_target),
            gates={link.name: _gate(link, plan, started) for link in topology.links},
            relays=_relays(topology, plan, laid),
            databases=databases,
        )
        undo.pop_all()
    return parts, laid


def _start_all(
    site: nodes.Site, topology: Topology, databases: Mapping[str, Database]
) -> dict[str, nodes.Node]:
    environments = {topology.databases[engine]: database.environment for engine, database in databases.items()}
    with ThreadPoolExecutor(len(topology.services)) as pool:
        starting = {
            name: pool.submit(
                nodes.start, site, name, environment=environments.get(name, {}), idle=name in topology.nodes
            )
            for name in topology.services
        }
    return _all(starting)


def _relays(topology: Topology, plan: Plan, laid: networks.Networks) -> dict[str, Toxiproxy]:
    relays = {
        link.name: Toxiproxy(laid.addresses[plan.reachable_on(link.service), link.service])
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


def _gate(link: Link, plan: Plan, started: Mapping[str, nodes.Node]) -> Gate:
    if link.service is None:
        return Gate(started[link.leads_to].shell, plan.port(link.leads_to))
    return Gate(started[link.service].shell, LINK_PORT, onward=plan.port(link.leads_to))
