"""The kinds of faults that the relay knows, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.world.embedded.relay.black_holes import Forget, Oversize, Swallow
from harness.world.embedded.relay.faults import Cut, Reset, Stall
from harness.world.embedded.relay.traffic_faults import Bandwidth, Latency, Limit, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.world.embedded.relay.faults import RelayFault

_KINDS: dict[str, Callable[..., RelayFault]] = {
    "cut": Cut,
    "reset": Reset,
    "stall": Stall,
    "latency": Latency,
    "bandwidth": Bandwidth,
    "slice": Slice,
    "limit": Limit,
    "swallow": Swallow,
    "forget": Forget,
    "oversize": Oversize,
}


def make(kind: str, arguments: dict[str, Any]) -> RelayFault:
    """Return a new fault. Raises ValueError when there is no such kind or its arguments are wrong."""
    try:
        return _KINDS[kind](**arguments)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no fault {kind} with {arguments}; kinds: {', '.join(_KINDS)}") from error
