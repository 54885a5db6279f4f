"""Faults on links of the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.faults.installed import Installed
from harness.faults.model import Evidence
from harness.world.embedded.machines.ports import HOST

if TYPE_CHECKING:
    from harness.faults.model import LinkFault
    from harness.world.embedded.faults.parts import Parts
    from harness.world.embedded.machines.node import Node

_DIAL_WITHIN = 2.0


def by_relay(fault: LinkFault, parts: Parts) -> Installed:
    """Let the relay do it, and count or measure what it did."""
    return Installed(*_by_relay(fault, parts))


def stall(fault: LinkFault, parts: Parts) -> Installed:
    """Let a link pass nothing: what is open falls silent, and what bastions dial at its port is not answered.

    As with packets that are dropped, a server behind it cannot even be connected to.
    """
    prove_bytes, resume = _by_relay(fault, parts)
    silenced = SilentLink(fault.link, parts)

    def prove() -> Evidence:
        """Count what the relay holds, and the channels that wait for a connection through the link."""
        bytes_held, held = prove_bytes(), silenced.held()
        opens = f"; channel opens without an answer: {held}" if silenced.bastions else ""
        return Evidence(proven=bytes_held.proven or held > 0, summary=f"{bytes_held.summary}{opens}")

    def undo() -> None:
        resume()
        silenced.end()

    return Installed(prove, undo)


def cut(fault: LinkFault, parts: Parts) -> Installed:
    """Cut a link; that it refuses is seen by dialling it."""
    prove_closed, mend = _by_relay(fault, parts)
    refusal = RefusingPort(parts.through[fault.link])

    def prove() -> Evidence:
        closed, refused = prove_closed(), refusal.lasts()
        met = "refused" if refused else "not refused"
        return Evidence(proven=closed.proven and refused, summary=f"{closed.summary}, a new one {met}")

    return Installed(prove, mend)


def _by_relay(fault: LinkFault, parts: Parts) -> tuple[Callable[[], Evidence], Callable[[], None]]:
    relay, arguments = parts.relay, asdict(fault)
    number = relay.request("fault", link=arguments.pop("link"), kind=fault.kind, arguments=arguments)["fault"]

    def heal() -> None:
        if relay.alive:
            relay.request("heal", fault=number)

    return lambda: Evidence.model_validate(relay.request("evidence", fault=number)), heal


def listen(relay: Node, link: str) -> None:
    """Let a link listen again; a relay that died is replaced by one that does."""
    if relay.alive:
        relay.request("listen", link=link, on=True)


class SilentLink:
    """What dials a link from a bastion before it gets no answer: its channels wait until the silence ends."""

    def __init__(self, link: str, parts: Parts) -> None:
        self.bastions = parts.before[link]
        self._port = parts.through[link]
        for bastion in self.bastions:
            bastion.silence(self._port, on=True)

    def held(self) -> int:
        """Return how many channels wait."""
        return sum(bastion.held(self._port) for bastion in self.bastions)

    def end(self) -> None:
        """Let those that wait connect."""
        for bastion in self.bastions:
            bastion.silence(self._port, on=False)


class RefusingPort:
    """A loopback port that is to refuse: dialled when that began, and whenever somebody asks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._seen = refuses(port)

    def lasts(self) -> bool:
        """Tell whether every connection so far was refused."""
        if self._seen:
            self._seen = refuses(self._port)
        return self._seen


def refuses(port: int) -> bool:
    """Tell whether this machine refuses connections to a loopback ``port``, by dialling it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as dialling:
        dialling.settimeout(_DIAL_WITHIN)
        try:
            dialling.connect((HOST, port))
        except ConnectionRefusedError:
            return True
        except OSError:
            return False
        return False
