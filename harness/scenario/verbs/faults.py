"""Verbs that break the world on purpose, and heal it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.faults import model as faults
from harness.faults.needs import Need, NeedsFault
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage
from harness.units import Duration, SomeSize


class Break(Verb):
    """A verb that installs one fault, which the fabric must be able to do."""

    nature: ClassVar[Nature] = "breaks"

    @abstractmethod
    def fault(self) -> faults.Fault:
        """Return the fault as a value."""

    def run(self, stage: Stage) -> None:
        """Break it; done when the break is in force."""
        stage.inject(self.fault())

    def rehearse(self, so_far: Rehearsal) -> None:
        """Break it."""
        so_far.inject(self.fault())

    def needs(self) -> frozenset[Need]:
        """Return the fault that the fabric must be able to do."""
        return frozenset({NeedsFault(self.fault())})


class BreakLink(Break):
    """A verb that breaks one link of the topology."""

    shorthand: ClassVar[str | None] = "link"

    link: str

    def links(self) -> tuple[str, ...]:
        return (self.link,)


class BreakNode(Break):
    """A verb that breaks one node of the topology."""

    shorthand: ClassVar[str | None] = "node"

    node: str

    def nodes(self) -> tuple[str, ...]:
        """Return the node."""
        return (self.node,)


class Heal(Verb):
    """Undoes the newest fault of its kind, after its evidence was taken."""

    nature: ClassVar[Nature] = "heals"
    shorthand: ClassVar[str | None] = "name"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]]

    name: str

    def run(self, stage: Stage) -> None:
        """Heal it; done when the world works again."""
        stage.heal(self.undoes, self.name)

    def rehearse(self, so_far: Rehearsal) -> None:
        """Heal it."""
        so_far.heal(self.name, self.undoes)


class Cut(BreakLink):
    """End every connection of a link and refuse new ones, until ``mend``."""

    verb: ClassVar[str] = "cut"

    def fault(self) -> faults.Fault:
        return faults.Cut(self.link)


class Mend(Heal):
    """Undo ``cut``."""

    verb: ClassVar[str] = "mend"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Cut


class Stall(BreakLink):
    """Silence a link both ways without losing anything, until ``resume``."""

    verb: ClassVar[str] = "stall"

    def fault(self) -> faults.Fault:
        return faults.Stall(self.link)


class Resume(Heal):
    """Undo ``stall``; what is still alive goes on."""

    verb: ClassVar[str] = "resume"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Stall


class Reset(BreakLink):
    """Send a TCP reset on every live connection of a link, once."""

    verb: ClassVar[str] = "reset"

    def fault(self) -> faults.Fault:
        return faults.Reset(self.link)


class Latency(BreakLink):
    """Delay every byte of a link, each way."""

    verb: ClassVar[str] = "latency"

    delay: Duration

    def fault(self) -> faults.Fault:
        return faults.Latency(self.link, self.delay)


class Bandwidth(BreakLink):
    """Let a link carry at most ``rate`` bytes a second, each way."""

    verb: ClassVar[str] = "bandwidth"

    rate: SomeSize

    def fault(self) -> faults.Fault:
        return faults.Bandwidth(self.link, self.rate)


class Slice(BreakLink):
    """Deliver bytes in pieces of at most ``size``, each ``delay`` after the one before."""

    verb: ClassVar[str] = "slice"

    size: SomeSize
    delay: Duration = 0.0

    def fault(self) -> faults.Fault:
        return faults.Slice(self.link, self.size, self.delay)


class Limit(BreakLink):
    """End each new connection of a link after ``size`` bytes towards the client."""

    verb: ClassVar[str] = "limit"

    size: SomeSize

    def fault(self) -> faults.Fault:
        return faults.Limit(self.link, self.size)


class Swallow(BreakLink):
    """Throw away every byte of a link while its connections stay; healing it ends them."""

    verb: ClassVar[str] = "swallow"

    def fault(self) -> faults.Fault:
        return faults.Swallow(self.link)


class Lose(BreakLink):
    """Drop a share of the packets of a link, such as 0.05, in each direction."""

    verb: ClassVar[str] = "lose"

    share: Annotated[float, Field(gt=0, lt=1)]

    def fault(self) -> faults.Fault:
        return faults.Lose(self.link, self.share)


class Forget(BreakLink):
    """Let a middlebox forget connections on which nothing passed for ``after``: what they send then vanishes.

    A NAT gateway or a load balancer treats idle connections like this. New connections are accepted.
    """

    verb: ClassVar[str] = "forget"

    after: Duration

    def fault(self) -> faults.Fault:
        return faults.Forget(self.link, self.after)


class Oversize(BreakLink):
    """Lose every packet of a link that carries more than ``size`` bytes, without a word: a path MTU black hole."""

    verb: ClassVar[str] = "oversize"

    size: SomeSize

    def fault(self) -> faults.Fault:
        return faults.Oversize(self.link, self.size)


class Mtu(BreakLink):
    """Let a link carry packets of at most ``size`` bytes, and say so, as a VPN does."""

    verb: ClassVar[str] = "mtu"

    size: SomeSize

    def fault(self) -> faults.Fault:
        return faults.Mtu(self.link, self.size)


class Restore(Heal):
    """Undo the newest fault of a link, whichever it is: latency, bandwidth, slice, limit, swallow, lose and others."""

    verb: ClassVar[str] = "restore"

    def run(self, stage: Stage) -> None:
        """Heal it."""
        stage.heal_newest(self.name)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.heal(self.name)


class Freeze(BreakNode):
    """Stop a server's processes while its kernel continues to acknowledge packets, until ``thaw``."""

    verb: ClassVar[str] = "freeze"

    def fault(self) -> faults.Fault:
        return faults.Freeze(self.node)


class Thaw(Heal):
    """Undo ``freeze``."""

    verb: ClassVar[str] = "thaw"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Freeze


class Kill(BreakNode):
    """Kill a server's processes, sessions too; its port refuses until ``restart``.

    ``part``: only its ``sessions``, or only its ``listener``, which leaves the sessions.
    """

    verb: ClassVar[str] = "kill"

    part: Literal["all", "sessions", "listener"] = "all"

    def fault(self) -> faults.Fault:
        return faults.Kill(self.node, self.part)


class Restart(Heal):
    """Undo ``kill``: the server runs again, as a new process."""

    verb: ClassVar[str] = "restart"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Kill


class RotateHostKey(BreakNode):
    """Give a bastion new host keys, of the types ``to`` or of the types it had; ``add`` also keeps the old keys.

    Connections from now on see the new keys, until ``restore_host_key``.
    """

    verb: ClassVar[str] = "rotate_host_key"

    to: tuple[faults.HostKeyType, ...] | None = None
    add: bool = False

    def servers(self) -> tuple[str, ...]:
        return (self.node,)

    def fault(self) -> faults.Fault:
        return faults.RotateHostKey(self.node, self.to, self.add)


class RestoreHostKey(Heal):
    """Undo ``rotate_host_key``: the old keys are back."""

    verb: ClassVar[str] = "restore_host_key"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.RotateHostKey


class Refuse(BreakNode):
    """Make the target stop listening, until ``listen``; its open connections stay."""

    verb: ClassVar[str] = "refuse"

    def fault(self) -> faults.Fault:
        return faults.Refuse(self.node)


class Listen(Heal):
    """Undo ``refuse``."""

    verb: ClassVar[str] = "listen"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Refuse


class Ignore(BreakNode):
    """Leave new connections to the target without any answer, until ``attend``; its open connections stay."""

    verb: ClassVar[str] = "ignore"

    def fault(self) -> faults.Fault:
        return faults.Ignore(self.node)


class Attend(Heal):
    """Undo ``ignore``."""

    verb: ClassVar[str] = "attend"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.Ignore


class RevokeKey(BreakNode):
    """Make a bastion accept no key of its user, until ``restore_key``; its sessions go on."""

    verb: ClassVar[str] = "revoke_key"

    def servers(self) -> tuple[str, ...]:
        return (self.node,)

    def fault(self) -> faults.Fault:
        return faults.RevokeKey(self.node)


class RestoreKey(Heal):
    """Undo ``revoke_key``."""

    verb: ClassVar[str] = "restore_key"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.RevokeKey


class Wait(Verb):
    """Leave the tunnel idle for a while; this time counts as waiting that the scenario asked for."""

    verb: ClassVar[str] = "wait"
    nature: ClassVar[Nature] = "waits"
    shorthand: ClassVar[str | None] = "time"

    time: Duration

    def takes(self) -> float:
        return self.time

    def run(self, stage: Stage) -> None:
        """Wait."""
        stage.clock.wait(self.time)
