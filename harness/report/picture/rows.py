"""Which row each thing is drawn in, so that nothing covers anything else. The same input gives the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Extent:
    """What a thing covers from left to right, in pixels; a lower ``rank`` is more important."""

    left: float
    right: float
    rank: int = 0


def arrange(extents: Sequence[Extent], most: int) -> list[int | None]:
    """Return the row of each extent, None for those for which ``most`` rows have no room.

    They take the first row that is free, from left to right, so that what happens at nearly the same time reads from
    top to bottom. Where no row is free the least important one gives way, and of two alike the later one.
    """
    rows: list[int | None] = [None] * len(extents)
    last: dict[int, int] = {}
    for index in sorted(range(len(extents)), key=lambda index: (extents[index].left, index)):
        one = extents[index]
        free = (row for row in range(most) if row not in last or extents[last[row]].right < one.left)
        row = next(free, None)
        if row is None:
            row = max(last, key=lambda row: (extents[last[row]].rank, extents[last[row]].left, row))
            if extents[last[row]].rank <= one.rank:
                continue
            rows[last[row]] = None
        last[row] = index
        rows[index] = row
    return rows
