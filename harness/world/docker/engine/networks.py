"""The networks of one world: small subnets picked at random, and a fixed address for each node."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import docker.errors
from docker.types import IPAMConfig, IPAMPool

from harness.errors import FabricBroken
from harness.world.docker.engine.elsewhere import is_on_this_machine
from harness.world.docker.engine.obeying import obeying
from harness.world.docker.plan import Plan
from harness.world.topology import BastionMark

_POOL = IPv4Network("10.213.0.0/16")
_PREFIX = 28
_ATTEMPTS = 64


@dataclass(frozen=True)
class Networks:
    """``names`` maps the plan's networks to the engine's, ``addresses`` gives (network, service) its address."""

    names: dict[str, str]
    addresses: dict[tuple[str, str], str]

    def hosts_seen_by(self, service: str, plan: Plan) -> dict[str, str]:
        """Return name to address of every service that shares a network with ``service``.

        A bastion knows only the aliases: what lies behind it is called ``<node>.internal``.
        """
        own_name = 1 if isinstance(plan.services[service].mark, BastionMark) else 0
        return {
            name: self.addresses[network, other]
            for network in plan.services[service].networks
            for other, names in plan.names_on(network).items()
            for name in names[own_name:]
        }


def create(client: Any, plan: Plan, world: str, labels: dict[str, str]) -> Networks:  # noqa: ANN401 -- the docker SDK has no types
    """Create the networks of ``plan`` for the world called ``world``. Raises FabricBroken.

    All are internal: nodes are reached at their own addresses, and no port has to be published. If the engine is on
    another machine, those on which the harness reaches nodes are not: an engine drops what comes to an internal network
    from outside, and its nodes may have no way back.
    """
    here = is_on_this_machine()
    names: dict[str, str] = {}
    addresses: dict[tuple[str, str], str] = {}
    for name, network in plan.networks.items():
        names[name] = f"tunspec-{world}-{name}"
        internal = here or not network.has_machine
        subnet = _create(client, names[name], {"internal": internal, "options": network.options, "labels": labels})
        first = int(subnet.network_address) + 2  # the engine keeps the first one for the gateway
        for offset, service in enumerate(plan.names_on(name)):
            addresses[name, service] = str(IPv4Address(first + offset))
    return Networks(names, addresses)


def _create(client: Any, name: str, settings: dict[str, Any]) -> IPv4Network:  # noqa: ANN401 -- the docker SDK has no types
    for _ in range(_ATTEMPTS):
        number = secrets.randbelow(1 << (_PREFIX - _POOL.prefixlen))
        subnet = IPv4Network((int(_POOL.network_address) + (number << (32 - _PREFIX)), _PREFIX))
        ipam = IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))])
        with obeying(f"creating the network {name}"):
            try:
                client.networks.create(name, driver="bridge", ipam=ipam, check_duplicate=True, **settings)
                return subnet
            except docker.errors.APIError as error:
                if "overlap" not in str(error).lower():
                    raise
    raise FabricBroken(f"no free subnet in {_POOL} after {_ATTEMPTS} attempts: remove networks that nobody uses")
