"""Topologies that stay up for people and their applications: ``tunspec up`` and ``tunspec down``.

The containers are those of compose, run with their own commands; how to log in is read from their logs.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from harness.errors import FabricBroken
from harness.world.docker.engine import client as engine
from harness.world.docker.engine import containers as nodes
from harness.world.docker.engine import images, networks
from harness.world.docker.engine.obeying import obeying
from harness.world.docker.plan import Plan, plan
from harness.world.topology import Topology

UP_LABEL = "org.tunspec.up"
"""The label of everything that is up by hand; its value is the topology. It belongs to no run."""

_START_LIMIT = 60.0
_POLL = 0.1
_LOGIN = re.compile(
    r"port (?P<port>\d+), user (?P<user>\w+), password (?P<password>\w+)(?:, TOTP secret (?P<totp>\w+))?"
)
_KEY = re.compile(r"-----BEGIN OPENSSH PRIVATE KEY-----.+?-----END OPENSSH PRIVATE KEY-----\n", re.DOTALL)


@dataclass(frozen=True)
class BastionLogin:
    """A bastion and how to log in; ``key`` is a private key's text, ``totp`` a base32 secret, where it has them."""

    name: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    key: str | None = field(repr=False)
    totp: str | None = field(repr=False)


@dataclass(frozen=True)
class Behind:
    """What lies behind the last bastion: a database, or the target that echoes (``engine`` None)."""

    engine: str | None
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Running:
    """A topology that is up: its bastions in the order of the route, those beside it, and what lies behind."""

    topology: Topology
    route: tuple[BastionLogin, ...]
    beside: tuple[BastionLogin, ...]
    behind: tuple[Behind, ...]


def up(topology: Topology, log: Callable[[str], None]) -> Running:
    """Start ``topology`` and leave it running; what was up of it before is removed. Raises FabricBroken."""
    down(topology.name)
    client = engine.connect()
    try:
        return _start(client, topology, log)
    except BaseException:
        engine.remove(client, f"{UP_LABEL}={topology.name}")
        raise
    finally:
        client.close()


def down(topology: str | None = None) -> int:
    """Remove what is up, of one topology or all; return how many things were removed. Raises FabricBroken."""
    client = engine.connect()
    try:
        return engine.remove(client, UP_LABEL if topology is None else f"{UP_LABEL}={topology}")
    finally:
        client.close()


def _start(client: Any, topology: Topology, log: Callable[[str], None]) -> Running:  # noqa: ANN401 -- the docker SDK has no types
    mapped = plan(topology)
    labels = {UP_LABEL: topology.name}
    world = f"up-{secrets.token_hex(3)}"
    built = images.ensure(client, sorted({service.recipe for service in mapped.services.values()}), log)
    laid = networks.create(client, mapped, world, labels)
    site = nodes.Site(client, mapped, laid, built, labels, world)
    passwords = {service: secrets.token_hex(12) for service in topology.databases.values()}
    with ThreadPoolExecutor(len(topology.services)) as pool:
        started = {
            name: pool.submit(
                nodes.start,
                site,
                name,
                environment={"PASSWORD": passwords[name]} if name in passwords else {},
                idle=False,
            )
            for name in topology.services
        }
    for node in (one.result() for one in started.values()):
        node.shell.close()
    containers = {name: one.result().container for name, one in started.items()}
    servers = {name: _server(client, topology, mapped, laid, name, containers[name]) for name in topology.servers}
    behind = [
        Behind(kind, mapped.known_as(service), mapped.port(service), "tunspec", passwords[service])
        for kind, service in topology.databases.items()
    ]
    target = Behind(None, mapped.known_as(topology.target), topology.target_port)
    return Running(
        topology,
        tuple(servers[name] for name in topology.bastions),
        tuple(servers[name] for name in topology.beside),
        (*behind, target),
    )


def _server(
    client: Any,  # noqa: ANN401 -- the docker SDK has no types
    topology: Topology,
    mapped: Plan,
    laid: networks.Networks,
    name: str,
    container: str,
) -> BastionLogin:
    said = _log_of(client, container)
    login = _LOGIN.search(said)
    if login is None:
        raise FabricBroken(f"{name} did not say how to log in within {_START_LIMIT:g} s; its log: {said[-400:]!r}")
    key = _KEY.search(said)
    return BastionLogin(
        name,
        *_address(topology, mapped, laid, name),
        user=login["user"],
        password=login["password"],
        key=key.group() if key else None,
        totp=login["totp"],
    )


def _address(topology: Topology, mapped: Plan, laid: networks.Networks, name: str) -> tuple[str, int]:
    link = topology.link(f"to-{name}")
    if name in topology.bastions[1:] or link.service is None:
        return mapped.known_as(link.service or name), mapped.port(name)
    return laid.addresses[mapped.reachable_on(link.service), link.service], link.port


def _log_of(client: Any, container: str) -> str:  # noqa: ANN401 -- the docker SDK has no types
    """Return the container's log as soon as it says how to log in and sshd runs, or what there is after the limit."""
    limit = time.monotonic() + _START_LIMIT
    while True:
        with obeying("reading a bastion's log"):
            said: str = client.api.logs(container).decode("utf-8", "replace")
        if "Server listening" in said or time.monotonic() > limit:
            return said
        time.sleep(_POLL)
