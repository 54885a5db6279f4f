"""Verbs that use the tunnel's local end in all the ways that clients do."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import ClassVar

from harness.address import Address
from harness.probe import client
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.probes.traffic import Probe

_SMALL = 64


class EchoAtEachAddress(Probe):
    """See an echo at each address that the host of the profile's ``local`` has: clients differ in which they try."""

    verb: ClassVar[str] = "echo_at_each_address"
    shorthand: ClassVar[str | None] = "tunnel"

    def run(self, stage: Stage) -> None:
        """Echo everywhere."""
        way = stage.way(self.tunnel)
        for host in _addresses(stage.tunnel(self.tunnel)):
            client.echo_once(way.to(Address(host, way.address.port)), _SMALL, self.within)


def _addresses(tunnel: Tunnel) -> tuple[str, ...]:
    """Return where a client may arrive that was told the host of the profile."""
    if (tunnel.profile.local.host or "").lower() != "localhost":
        return (tunnel.address.host,)
    return tuple(host for host in resolved("localhost") if ip_address(host).is_loopback) or (tunnel.address.host,)


def resolved(name: str) -> tuple[str, ...]:
    """Return the addresses that this machine's resolver gives; ``localhost`` often has one only (hosts(5))."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
