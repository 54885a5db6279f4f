"""Faults in force on the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from harness.faults.model import Evidence
from harness.world import host_keys
from harness.world.embedded.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.faults.model import RotateHostKey
    from harness.world.embedded.machines import Bastion, Machine
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


def _listen(relay: Node, link: str) -> None:
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


class Frozen:
    """A node whose process is stopped (SIGSTOP); its kernel goes on acknowledging."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.freeze()
        self._status = machine.node.status()

    def evidence(self) -> Evidence:
        """Return the process' state as it was seen after the signal."""
        summary = f"process {self._machine.node.pid} of {self._machine.name} was {self._status}"
        return Evidence(proven=self._status == "stopped", summary=summary)

    def heal(self) -> None:
        """Let it go on (SIGCONT)."""
        self._machine.node.thaw()


class Killed:
    """A node whose process was killed; the link to it refuses until there is another."""

    def __init__(self, machine: Machine, relay: Node, link: str, port: int) -> None:
        self._machine = machine
        self._relay = relay
        self._link = link
        self._old = machine.node
        relay.request("listen", link=link, on=False)
        machine.kill()
        self._refuses = refuses(port)

    def evidence(self) -> Evidence:
        """Return the process that ended, what a new connection met, and the process that followed."""
        met = "refused" if self._refuses else "not refused"
        summary = f"process {self._old.pid} of {self._machine.name} is gone, a new connection {met}"
        if self._machine.node is not self._old:
            summary += f", process {self._machine.node.pid} followed"
        return Evidence(proven=not self._old.alive and self._refuses, summary=summary)

    def heal(self) -> None:
        """Start a new process on the same port."""
        if self._machine.node is self._old:
            self._machine.replace()
            _listen(self._relay, self._link)


class RotatedHostKeys:
    """A bastion with other host keys."""

    def __init__(self, bastion: Bastion, fault: RotateHostKey) -> None:
        self._bastion = bastion
        self._old = bastion.setup.host_keys
        self._new = host_keys.rotated(self._old, fault)
        self._shows = bastion.show(self._new)

    def evidence(self) -> Evidence:
        """Return the fresh public keys, as the bastion serves them, and which it had."""
        fresh = tuple(key.public for key in self._new if key not in self._old)
        gone = tuple(key.public for key in self._old if key not in self._new)
        if not fresh:
            return Evidence(proven=False, summary="it had a host key of each type already, so none was added")
        if self._shows:
            proven = set(self._shows) == {key.public for key in self._new}
            serves = "shows" if proven else "does not show"
        else:
            proven = self._bastion.answers and self._bastion.setup.host_keys == self._new
            serves = "was started with" if proven else "does not run, so it does not show"
        change = f"in place of {_named(gone)}" if gone else "beside those that it had"
        return Evidence(proven=proven, summary=f"{self._bastion.name} {serves} {_named(fresh)} {change}")

    def heal(self) -> None:
        """Show the old keys again."""
        if self._bastion.setup.host_keys == self._new:
            self._bastion.show(self._old)


def _named(public: tuple[str, ...]) -> str:
    return ", ".join(map(host_keys.fingerprint, public))


class Refused:
    """A node that does not listen; its open connections stay."""

    def __init__(self, machine: Machine, relay: Node, link: str, port: int) -> None:
        self._machine = machine
        self._relay = relay
        self._link = link
        machine.listen(on=False)
        relay.request("listen", link=link, on=False)
        self._refuses = refuses(port)

    def evidence(self) -> Evidence:
        """Return what a new connection met."""
        met = "was refused" if self._refuses else "was not refused"
        return Evidence(proven=self._refuses, summary=f"a connection to {self._machine.name} {met}")

    def heal(self) -> None:
        """Listen again."""
        if self._machine.answers:
            self._machine.listen(on=True)
            _listen(self._relay, self._link)
