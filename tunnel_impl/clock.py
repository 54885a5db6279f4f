"""The clock of keep-alives and deadlines: monotonic, and running on while the machine sleeps."""

from __future__ import annotations

import time

_ID = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Return seconds since some fixed moment; clock_gettime(2), CLOCK_BOOTTIME where there is one."""
    return time.clock_gettime(_ID)
