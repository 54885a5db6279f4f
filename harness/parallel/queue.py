"""The order in which workers take what has to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def spread(items: Sequence[Item], waits: Callable[[Item], float]) -> list[Item]:
    """Return ``items`` with those that wait, the longest first, between those that keep the processor busy.

    ``waits`` gives an item's seconds of waiting. All at once they would take every worker and leave the processor
    idle; at the end they would be waited for. So each comes when the waits before it have had their share of the work.
    """
    waiting = sorted((item for item in items if waits(item) > 0), key=waits, reverse=True)
    busy = [item for item in items if waits(item) <= 0]
    total = sum(map(waits, waiting))
    order: list[Item] = []
    waited, done = 0.0, 0
    for item in waiting:
        due = int(len(busy) * waited / total)
        order += [*busy[done:due], item]
        waited, done = waited + waits(item), due
    return order + busy[done:]
