"""An installed fault: how it is proved and how it is undone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from harness.faults.model import Evidence


class Installed:
    """Fulfils :class:`harness.faults.model.ActiveFault` with two functions; the last evidence outlives the heal."""

    def __init__(self, prove: Callable[[], Evidence], undo: Callable[[], None]) -> None:
        self._prove = prove
        self._undo = undo
        self._lock = threading.Lock()
        self._healed = False
        self._last = Evidence(proven=False, summary="it was healed before anyone looked")

    def evidence(self) -> Evidence:
        """Return what is known so far. Raises FabricBroken."""
        with self._lock:
            if not self._healed:
                self._last = self._prove()
            return self._last

    def heal(self) -> None:
        """Undo it; a second call does nothing. Raises FabricBroken."""
        with self._lock:
            if not self._healed:
                self._undo()
                self._healed = True


def lasting(evidence: Evidence) -> Installed:
    """Return a fault that happened at once and leaves nothing to undo."""
    return Installed(lambda: evidence, lambda: None)


def stopped(states: Mapping[str, str]) -> Evidence:
    """Return the evidence that processes are stopped; ``states`` are those of proc(5) by process id.

    A zombie has ended, and waits for a parent that is stopped.
    """
    shown = ", ".join(f"{pid} {state}" for pid, state in states.items())
    return Evidence(
        proven=set(states.values()) - {"Z"} == {"T"},
        summary=f"states of the processes: {shown or 'none runs'}",
    )


def ended(killed: Sequence[str], *, still_open: bool) -> Evidence:
    """Return the evidence that processes, given by their ids, were killed and their port closed."""
    port = "is still open" if still_open else "refuses"
    return Evidence(
        proven=bool(killed) and not still_open,
        summary=f"{len(killed)} processes gone ({', '.join(killed)}), the port {port}",
    )
