"""Faults in force on nodes of the embedded fabric, each with its evidence and its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed, lasting
from harness.faults.model import Evidence
from harness.world.embedded.faults.links import RefusingPort, SilentLink, listen

if TYPE_CHECKING:
    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.embedded.faults.parts import Parts
    from harness.world.embedded.machines.machine import Machine


def freeze(machine: Machine) -> Installed:
    """Stop a node's process (SIGSTOP); its kernel goes on acknowledging."""
    node = machine.node
    machine.freeze()
    status = node.status()

    def prove() -> Evidence:
        """Look again; one that was killed meanwhile had been stopped, or not."""
        nonlocal status
        if node.alive:
            status = node.status()
        return Evidence(proven=status == "stopped", summary=f"process {node.pid} of {machine.name} was {status}")

    def thaw() -> None:
        machine.node.thaw()  # of whatever process runs by then

    return Installed(prove, thaw)


def kill(node: str, parts: Parts) -> Installed:
    """Kill a node's process; the link to it refuses until there is another, on the same port."""
    machine, link = parts.machines[node], f"to-{node}"
    old = machine.node
    parts.relay.request("listen", link=link, on=False)
    machine.kill()
    refusal = RefusingPort(parts.through[link])

    def prove() -> Evidence:
        refused = refusal.lasts()
        met = "refused" if refused else "not refused"
        summary = f"process {old.pid} of {machine.name} is gone, a new connection {met}"
        return Evidence(proven=not old.alive and refused, summary=summary)

    def restart() -> None:
        if machine.node is old:
            machine.replace()
            listen(parts.relay, link)

    return Installed(prove, restart)


def end_sessions(bastion: Bastion) -> Installed:
    """End a bastion's sessions as if their processes had been killed; it goes on listening."""
    before, _ = bastion.connections()
    bastion.end_sessions()
    after, listens = bastion.connections()
    ended = len(before - after)
    sessions = "1 session" if ended == 1 else f"{ended} sessions"
    goes_on = "it listens" if listens else "it does not listen"
    return lasting(Evidence(proven=ended > 0 and listens, summary=f"{sessions} of {bastion.name} ended, {goes_on}"))


def refuse(node: str, parts: Parts) -> Installed:
    """Let a node listen no longer; its open connections stay."""
    machine, link = parts.machines[node], f"to-{node}"
    machine.listen(on=False)
    parts.relay.request("listen", link=link, on=False)
    refusal = RefusingPort(parts.through[link])

    def prove() -> Evidence:
        refused = refusal.lasts()
        met = "was refused" if refused else "was not refused"
        return Evidence(proven=refused, summary=f"a connection to {machine.name} {met}")

    def accept() -> None:
        if machine.answers:
            machine.listen(on=True)
            listen(parts.relay, link)

    return Installed(prove, accept)


def ignore(target: str, parts: Parts) -> Installed:
    """Let a target not answer new connections of the bastions before it; each tries it by itself."""
    link = f"to-{target}"
    port = parts.through[link]
    silence = SilentLink(link, parts)
    unanswered = all(bastion.answers and bastion.gets_no_answer(port) for bastion in silence.bastions)

    def prove() -> Evidence:
        """Try again while it was silent so far, and count the channels that wait."""
        nonlocal unanswered
        if unanswered:
            unanswered = all(bastion.gets_no_answer(port) for bastion in silence.bastions if bastion.answers)
        met = "got no answer" if unanswered else "was answered"
        held = silence.held()
        opens = "1 channel open" if held == 1 else f"{held} channel opens"
        return Evidence(proven=unanswered, summary=f"a connection to {target} {met}; {opens} held")

    return Installed(prove, silence.end)
