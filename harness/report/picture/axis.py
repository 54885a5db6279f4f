"""The time axis: seconds to pixels, and round numbers to read them by."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LEAST_SPAN = 0.01
_ROUND = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Axis:
    """Time from ``begin`` to ``end`` seconds, drawn from ``left`` to ``right`` pixels."""

    begin: float
    end: float
    left: float
    right: float

    def x(self, at: float) -> float:
        """Return where ``at`` is drawn; what is outside is drawn at the edge."""
        share = (at - self.begin) / max(self.end - self.begin, _LEAST_SPAN)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most ``most`` round times within the axis, with their labels."""
        span = max(self.end - self.begin, _LEAST_SPAN)
        rough = span / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * one for one in _ROUND if power * one >= rough)
        places = max(0, -math.floor(math.log10(step)))
        first = math.ceil(self.begin / step)
        last = math.floor((self.begin + span) / step)
        return [(index * step, f"{index * step:.{places}f} s") for index in range(first, last + 1)][:most]
