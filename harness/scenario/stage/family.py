"""An adapter's processes as the operating system sees them: sockets, files, threads, memory, time."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import psutil

from harness.adapter.processes.kin import Kin
from harness.faults.model import Evidence

_POLL = 0.01


@dataclass(frozen=True)
class Resources:
    """What an adapter's processes hold: ``memory`` is resident, in bytes; ``cpu`` is what they used, in seconds."""

    processes: int
    threads: int
    files: int
    memory: int
    cpu: float


@dataclass(frozen=True)
class Family:
    """The adapter that runs as ``pid``, its children, and the daemons that they became."""

    pid: int

    @cached_property
    def _kin(self) -> Kin:
        return Kin.of(self.pid)

    def members(self) -> tuple[psutil.Process, ...]:
        """Return those that run now."""
        return self._kin.find()

    def sockets(self) -> Iterator[tuple[str, str, int]]:
        """Yield state, local host and local port of each TCP socket, the states as in tcp(7) without TCP_.

        An IPv4 address that an IPv6 socket has, as all of Java's do, is that IPv4 address (RFC 4291 section 2.5.5.2).
        """
        for process in self.members():
            with suppress(psutil.NoSuchProcess):
                for one in process.net_connections(kind="tcp"):
                    yield one.status, _plain(one.laddr.ip), one.laddr.port

    def resources(self) -> Resources:
        """Return what they hold; the time of children that have ended counts for their parent."""
        processes = threads = files = memory = 0
        cpu = 0.0
        for process in self.members():
            with suppress(psutil.NoSuchProcess), process.oneshot():
                times = process.cpu_times()
                threads += process.num_threads()
                files += process.num_fds()
                memory += process.memory_info().rss
                cpu += times.user + times.system + times.children_user + times.children_system
                processes += 1
        return Resources(processes, threads, files, memory, cpu)

    def states(self) -> dict[int, str]:
        """Return each process' state (ps(1)), by id; zombies have ended."""
        found: dict[int, str] = {}
        for process in self.members():
            with suppress(psutil.NoSuchProcess):
                found[process.pid] = process.status()
        return {pid: state for pid, state in found.items() if state != psutil.STATUS_ZOMBIE}

    def stopped(self, within: float = 5.0) -> dict[int, str]:
        """Return the states once all have stopped, or after ``within`` seconds: a signal is obeyed a moment later."""
        until = time.monotonic() + within
        while set((states := self.states()).values()) - {psutil.STATUS_STOPPED} and time.monotonic() < until:
            time.sleep(_POLL)
        return states


@dataclass(frozen=True)
class Asleep:
    """An adapter whose processes were in these ``states`` after the signal; ``wake`` lets them go on."""

    states: dict[int, str]
    wake: Callable[[], None]

    def evidence(self) -> Evidence:
        """Return the states that were seen after the signal, and are still found."""
        now = {pid: _state(pid) for pid in self.states}
        shown = ", ".join(f"{pid} {state}" for pid, state in now.items()) or "none runs"
        stopped = {*self.states.values(), *now.values()} == {psutil.STATUS_STOPPED}
        return Evidence(proven=stopped, summary=f"states of the client's processes: {shown}")

    def heal(self) -> None:
        """Wake it."""
        self.wake()


def _state(pid: int) -> str:
    try:
        return psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return "gone"


def _plain(host: str) -> str:
    address = ipaddress.ip_address(host)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
