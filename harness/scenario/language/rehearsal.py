"""The steps of a scenario on paper: a step that uses what no step before it makes is a mistake in the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.faults.model import ClientFault, Fault, subject
from harness.scenario.language.tunnel import TunnelSpec
from harness.world.topology import Topology


def no_tunnel(name: str) -> UsageError:
    """Return what is wrong where a tunnel is used that was not opened."""
    return UsageError(f"no tunnel {name!r} was opened before this step")


def nothing_begun(name: str) -> UsageError:
    """Return what is wrong where a tunnel is finished that was not begun."""
    return UsageError(f"no tunnel {name!r} was begun before this step")


def nothing_held(name: str) -> UsageError:
    """Return what is wrong where connections are used that are not held."""
    return UsageError(f"no connections are held as {name!r} at this step; `connect` holds some")


def not_one_held(name: str, count: int) -> UsageError:
    """Return what is wrong where one connection must be held, and ``count`` are."""
    return UsageError(f"half_close takes one connection, and {name!r} holds {count}")


def no_stream(name: str) -> UsageError:
    """Return what is wrong where a stream is read that was not begun."""
    return UsageError(f"no stream {name!r} was begun before this step, and no connection half-closed")


def no_fault(name: str, kind: str | None = None) -> UsageError:
    """Return what is wrong where a fault is undone that is not in force."""
    what = f"there is no {kind} of {name}" if kind else f"{name} has no fault"
    return UsageError(f"{what} to undo at this step")


def no_decoy() -> UsageError:
    """Return what is wrong where the decoy is looked at before it is laid."""
    return UsageError("no decoy was laid before this step")


def nothing_noted() -> UsageError:
    """Return what is wrong where something is compared with what was not noted."""
    return UsageError("grown compares with what `note` saw; note the resources before this step")


@dataclass
class Rehearsal:
    """What the steps so far leave for the next one, if the tunnel does everything right.

    ``tunnels`` are those that are or were open, ``held`` has the largest number of connections by name, and ``codes``
    the bastions with a second factor. The methods raise UsageError for what is not there.
    """

    topology: Topology
    codes: frozenset[str] = frozenset()
    route: tuple[str, ...] = ()
    tunnels: dict[str, TunnelSpec] = field(default_factory=dict)
    opening: dict[str, TunnelSpec] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)
    has_decoy: bool = False
    has_note: bool = False
    _held: dict[str, int] = field(default_factory=dict)
    _faults: list[Fault | ClientFault] = field(default_factory=list)

    def ask(self, tunnel: TunnelSpec) -> None:
        """Ask for a tunnel."""
        self.route = tunnel.via or self.topology.bastions

    def tunnel(self, name: str) -> TunnelSpec:
        """Return a tunnel that was opened."""
        if name not in self.tunnels:
            raise no_tunnel(name)
        return self.tunnels[name]

    def finish(self, name: str) -> TunnelSpec:
        """Take the tunnel that was begun."""
        if name not in self.opening:
            raise nothing_begun(name)
        return self.opening.pop(name)

    def hold(self, name: str, count: int) -> None:
        """Hold so many more connections."""
        self._held[name] = self._held.get(name, 0) + count

    def held(self, name: str) -> int:
        """Return how many connections are held."""
        if name not in self._held:
            raise nothing_held(name)
        return self._held[name]

    def let_go(self, name: str) -> None:
        """Hold these connections no longer."""
        self._held.pop(name, None)

    def drain(self, name: str) -> None:
        """Take a stream."""
        if name not in self.streams:
            raise no_stream(name)
        self.streams.remove(name)

    def inject(self, fault: Fault | ClientFault) -> None:
        """Break something."""
        self._faults.append(fault)

    def heal(self, name: str, kind: type[Fault | ClientFault] | None = None) -> None:
        """Undo the newest fault of ``name``, or the newest of this kind."""
        for index in reversed(range(len(self._faults))):
            fault = self._faults[index]
            if subject(fault) == name and (kind is None or isinstance(fault, kind)):
                del self._faults[index]
                return
        raise no_fault(name, kind.kind if kind else None)

    def see_asked(self, node: str | None = None) -> None:
        """See that a tunnel was asked for, and that the last one passes ``node``."""
        if not self.route:
            raise UsageError("no tunnel was asked for before this step")
        if node is not None and node not in self.route:
            raise UsageError(f"the tunnel does not pass {node}; it passes {', '.join(self.route)}")
