"""Faults in force on links of the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from harness.faults.model import Evidence
from harness.world.embedded.machines.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.embedded.machines.node import Node

_DIAL_WITHIN = 2.0


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


def listen(relay: Node, link: str) -> None:
    """Let a link listen again; a relay that died is replaced by one that does."""
    if relay.alive:
        relay.request("listen", link=link, on=True)


class Refusal:
    """A loopback port that is to refuse: dialled when that began, and whenever somebody asks until it ends."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._seen = refuses(port)
        self._over = False

    def lasts(self) -> bool:
        """Tell whether every connection so far was refused."""
        if self._seen and not self._over:
            self._seen = refuses(self._port)
        return self._seen

    def end(self) -> None:
        """Dial no more."""
        self._over = True


class LinkFault:
    """A fault that the relay does."""

    def __init__(self, relay: Node, link: str, kind: str, arguments: Mapping[str, float]) -> None:
        self._relay = relay
        self._number = relay.request("fault", link=link, kind=kind, arguments=dict(arguments))["fault"]

    def evidence(self) -> Evidence:
        """Return what the relay counted or measured."""
        return Evidence.model_validate(self._relay.request("evidence", fault=self._number))

    def heal(self) -> None:
        """Undo it."""
        if self._relay.alive:
            self._relay.request("heal", fault=self._number)


class StalledLink(LinkFault):
    """A link that passes nothing: what is open falls silent, and what ``bastions`` dial at its port is not answered.

    As with packets that are dropped, a server behind it cannot even be connected to.
    """

    def __init__(self, relay: Node, link: str, bastions: Sequence[Bastion], port: int) -> None:
        super().__init__(relay, link, "stall", {})
        self._bastions = bastions
        self._port = port
        self._held: int | None = None
        for bastion in bastions:
            bastion.silence(port, on=True)

    def evidence(self) -> Evidence:
        """Return what the relay holds, and how many channels wait or waited for a connection through the link."""
        bytes_held = super().evidence()
        held = self._count() if self._held is None else self._held
        opens = f"; channel opens without an answer: {held}" if self._bastions else ""
        return Evidence(proven=bytes_held.proven or held > 0, summary=f"{bytes_held.summary}{opens}")

    def heal(self) -> None:
        """Pass on what was held, and let those that wait connect."""
        super().heal()
        if self._held is None:
            self._held = self._count()
            for bastion in self._bastions:
                bastion.silence(self._port, on=False)

    def _count(self) -> int:
        return sum(bastion.held(self._port) for bastion in self._bastions)


class CutLink(LinkFault):
    """A link that was cut: that it refuses is seen by dialling it."""

    def __init__(self, relay: Node, link: str, port: int) -> None:
        super().__init__(relay, link, "cut", {})
        self._refused = Refusal(port)

    def evidence(self) -> Evidence:
        """Return what was closed and what a new connection meets."""
        closed = super().evidence()
        refused = self._refused.lasts()
        met = "refused" if refused else "not refused"
        return Evidence(proven=closed.proven and refused, summary=f"{closed.summary}, a new one {met}")

    def heal(self) -> None:
        """Let the link listen again."""
        self._refused.end()
        super().heal()
