"""The clock of the timeline and the one of containers, read at the same moment."""

from __future__ import annotations

import time

_APART = 0.001
"""Seconds that two readings of one clock may be apart when the other clock is read between them."""


def clocks() -> tuple[float, float]:
    """Return ``time.monotonic()`` and ``time.time()`` of one moment, exact to half a millisecond.

    A process that is put aside between two readings would move what happened in time: it reads again.
    """
    while True:
        before, wall, after = time.monotonic(), time.time(), time.monotonic()
        if after - before <= _APART:
            return (before + after) / 2, wall
