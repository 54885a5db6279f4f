"""What shows that processes are stopped or gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.faults.model import Evidence


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
