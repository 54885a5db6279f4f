"""Verbs that use the tunnel's local end in every way in which clients do."""

from __future__ import annotations

import socket
from typing import ClassVar

from harness.errors import Failed
from harness.probe import client
from harness.scenario.stage import Stage
from harness.scenario.verbs.traffic import Probe
from harness.world.fabric import Address

_SMALL = 64


class EchoAtEachAddress(Probe):
    """See an echo at each address that the endpoint's host has: clients differ in which of them they try.

    Each must be of a family that the host of the profile's ``local`` has.
    """

    verb: ClassVar[str] = "echo_at_each_address"
    shorthand: ClassVar[str | None] = "tunnel"

    def run(self, stage: Stage) -> None:
        """Resolve, and echo everywhere."""
        tunnel = stage.tunnel(self.tunnel)
        local = tunnel.profile.local.host or "localhost"
        asked_for = _families(Address(local, 0))
        for family, host in sorted(_addresses(tunnel.address)):
            if family not in asked_for:
                raise Failed(f"an endpoint of the family of {local}", f"one at {host}")
            client.echo_once(Address(host, tunnel.address.port), _SMALL, self.within)


def _addresses(address: Address) -> set[tuple[int, str]]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed("an endpoint with an address", f"{address.host}: {error}") from error
    return {(int(family), str(where[0])) for family, _, _, _, where in found}


def _families(address: Address) -> set[int]:
    return {family for family, _ in _addresses(address)}
