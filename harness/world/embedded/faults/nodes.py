"""Faults in force on nodes of the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.model import Evidence
from harness.world.embedded.faults.links import Refusal, listen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.embedded.machines.machine import Machine
    from harness.world.embedded.machines.node import Node


class Frozen:
    """A node whose process is stopped (SIGSTOP); its kernel goes on acknowledging."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._node = machine.node
        self._healed = False
        machine.freeze()
        self._status = self._node.status()

    def evidence(self) -> Evidence:
        """Return the process' state as it was last seen; one that was killed meanwhile had been stopped, or not."""
        if not self._healed and self._node.alive:
            self._status = self._node.status()
        summary = f"process {self._node.pid} of {self._machine.name} was {self._status}"
        return Evidence(proven=self._status == "stopped", summary=summary)

    def heal(self) -> None:
        """Let it go on (SIGCONT)."""
        self._healed = True
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
        self._refused = Refusal(port)

    def evidence(self) -> Evidence:
        """Return the process that ended, what a new connection meets, and the process that followed."""
        refused = self._refused.lasts()
        met = "refused" if refused else "not refused"
        summary = f"process {self._old.pid} of {self._machine.name} is gone, a new connection {met}"
        if self._machine.node is not self._old:
            summary += f", process {self._machine.node.pid} followed"
        return Evidence(proven=not self._old.alive and refused, summary=summary)

    def heal(self) -> None:
        """Start a new process on the same port."""
        self._refused.end()
        if self._machine.node is self._old:
            self._machine.replace()
            listen(self._relay, self._link)


class EndedSessions:
    """A bastion whose sessions ended as if their processes had been killed, once; it goes on listening."""

    def __init__(self, bastion: Bastion) -> None:
        self._name = bastion.name
        before, _ = bastion.connections()
        bastion.end_sessions()
        after, self._listens = bastion.connections()
        self._ended = len(before - after)

    def evidence(self) -> Evidence:
        """Return how many there were and are no more."""
        sessions = "1 session" if self._ended == 1 else f"{self._ended} sessions"
        goes_on = "it listens" if self._listens else "it does not listen"
        summary = f"{sessions} of {self._name} ended, {goes_on}"
        return Evidence(proven=self._ended > 0 and self._listens, summary=summary)

    def heal(self) -> None:
        """Nothing to do: what ended stays ended."""


class Refused:
    """A node that does not listen; its open connections stay."""

    def __init__(self, machine: Machine, relay: Node, link: str, port: int) -> None:
        self._machine = machine
        self._relay = relay
        self._link = link
        machine.listen(on=False)
        relay.request("listen", link=link, on=False)
        self._refused = Refusal(port)

    def evidence(self) -> Evidence:
        """Return what a new connection meets."""
        refused = self._refused.lasts()
        met = "was refused" if refused else "was not refused"
        return Evidence(proven=refused, summary=f"a connection to {self._machine.name} {met}")

    def heal(self) -> None:
        """Listen again."""
        self._refused.end()
        if self._machine.answers:
            self._machine.listen(on=True)
            listen(self._relay, self._link)


class Ignored:
    """A target that does not answer new connections of ``bastions``; each tries it by itself.

    It is behind the loopback ``port`` of its link.
    """

    def __init__(self, target: str, bastions: Sequence[Bastion], port: int) -> None:
        self._target = target
        self._bastions = bastions
        self._port = port
        for bastion in bastions:
            bastion.silence(port, on=True)
        self._unanswered = all(bastion.answers and bastion.knock(port) for bastion in bastions)
        self._held: int | None = None

    def evidence(self) -> Evidence:
        """Return what a connection to it met, and how many channels wait or waited for one."""
        if self._unanswered and self._held is None:
            self._unanswered = all(bastion.knock(self._port) for bastion in self._bastions if bastion.answers)
        met = "got no answer" if self._unanswered else "was answered"
        held = self._count() if self._held is None else self._held
        opens = "1 channel open" if held == 1 else f"{held} channel opens"
        return Evidence(proven=self._unanswered, summary=f"a connection to {self._target} {met}; {opens} held")

    def heal(self) -> None:
        """Let it answer, also those that wait."""
        if self._held is None:
            self._held = self._count()
            for bastion in self._bastions:
                bastion.silence(self._port, on=False)

    def _count(self) -> int:
        return sum(bastion.held(self._port) for bastion in self._bastions)
