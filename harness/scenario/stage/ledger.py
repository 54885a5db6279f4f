"""What came back to the probes of a scenario, compared with what the world has on record.

A probe's answer proves that the target of this scenario spoke (``harness/probe/target.py``). It does not prove how it
was reached: only the last bastion's log can tell, and where the target's connections came from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import Failed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.world.fabric import ServerEvent, World

_CHANNELS = {"direct-tcpip", "direct-streamlocal@openssh.com"}


def has_login(events: Iterable[ServerEvent], since: float) -> bool:
    """Tell whether a bastion let somebody in, ``since`` on the ``time.monotonic()`` clock."""
    return any(event.kind == "auth-ok" and event.at >= since for event in events)


def has_visitor(events: Iterable[ServerEvent], since: float) -> bool:
    """Tell whether anybody connected to a bastion, ``since`` on the ``time.monotonic()`` clock."""
    return any(event.kind == "connected" and event.at >= since for event in events)


@dataclass
class Ledger:
    """What was answered, by the bastion from which whoever answered should be reached.

    Of the probe target these are the nonces of its connections, of databases the number of queries.
    """

    _answered: dict[str, list[str]] = field(default_factory=dict)
    _queries: Counter[str] = field(default_factory=Counter)

    def of(self, bastion: str) -> list[str]:
        """Return what is known of the tunnels that reach the target from ``bastion``, to be added to."""
        return self._answered.setdefault(bastion, [])

    def queried(self, bastion: str) -> None:
        """Note that a database answered, with what only the one of this world knows."""
        self._queries[bastion] += 1

    def compare(self, world: World) -> None:
        """See that each of the connections has its record.

        The target must know it, it must have come from a node of the world, and the bastion must have been asked for
        as many channels at least. Raises Failed.
        """
        nonces = {nonce for answered in self._answered.values() for nonce in answered}
        if nonces:
            _compare_target(world, nonces)
        for bastion in {**self._answered, **self._queries}:
            wanted = len(self._answered.get(bastion, ())) + self._queries[bastion]
            channels = [event for event in world.events(bastion) if event.kind == "channel"] if wanted else []
            made = sum(event.detail.get("type") in _CHANNELS for event in channels)
            if made < wanted:
                expected = f"a channel of {bastion} for each of {wanted} connections that were answered"
                raise Failed(expected, f"{made} channels on its record")


def _compare_target(world: World, nonces: set[str]) -> None:
    strange = nonces - {connection.nonce for connection in world.target_connections()}
    if strange:
        raise Failed(
            "the target to know of every connection on which it answered",
            f"{len(strange)} of {len(nonces)} are not on its record",
        )
    around = [connection.peer for connection in world.outsiders() if connection.nonce in nonces]
    if around:
        raise Failed(
            "every connection to reach the target from the last bastion",
            f"{len(around)} of {len(nonces)} came from elsewhere: {', '.join(around[:3])}",
        )
