"""Where a tunnel says that it listens: nothing else is ever dialled."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from harness.address import Address
from harness.errors import AdapterBroken

if TYPE_CHECKING:
    from harness.adapter.profile import Local

_ANY = (None, "localhost")


def endpoint(host: str, port: int, local: Local) -> Address:
    """Return the address that an adapter answered with, if it is one that the profile's ``local`` asked for.

    It must be a loopback address, written as one (a name would have to be looked up): the one that the profile has, or
    any where that has none, or ``localhost``; with the port that the profile has, unless that is 0. Raises
    AdapterBroken for anything else, before anything is looked up or dialled.
    """
    wanted = None if local.host is None or local.host.lower() in _ANY else ipaddress.ip_address(local.host)
    try:
        said = ipaddress.ip_address(host)
    except ValueError:
        said = None
    if said is None or not said.is_loopback or (wanted is not None and said != wanted):
        expected = "a loopback address, such as 127.0.0.1" if wanted is None else str(wanted)
        raise AdapterBroken(
            f"the adapter answered that the tunnel listens at the host {host!r}; expected {expected}, as an IP address"
        )
    if local.port not in (0, port):
        raise AdapterBroken(
            f"the adapter answered that the tunnel listens at the port {port}; expected {local.port}, as the profile "
            "says, or the error port-in-use"
        )
    return Address(host, port)
