"""Faults in force on links of the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from harness.faults.model import Evidence
from harness.world.embedded.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.world.embedded.node import Node

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


class CutLink(LinkFault):
    """A link that was cut: that it refuses is seen by dialling it once."""

    def __init__(self, relay: Node, link: str, port: int) -> None:
        super().__init__(relay, link, "cut", {})
        self._refuses = refuses(port)

    def evidence(self) -> Evidence:
        """Return what was closed and what a new connection met."""
        closed = super().evidence().summary
        met = "refused" if self._refuses else "not refused"
        return Evidence(proven=self._refuses, summary=f"{closed}, a new one {met}")
