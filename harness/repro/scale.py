"""Time, scaled: minutes of a report become seconds of a play, and nothing shorter than what can be played."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from harness.model import Model
from harness.units import Duration, parse_duration

_SAME = 0.005


def _positive(seconds: float) -> float:
    if not seconds:
        raise ValueError("it must be longer than zero")
    return seconds


Span = Annotated[Duration, AfterValidator(_positive)]
"""A time that is not 0."""
EVER = math.inf
"""For ever."""


def _or_ever(value: object) -> float:
    return EVER if value in ("for ever", EVER) else _positive(parse_duration(value))


SpanOrEver = Annotated[
    float, BeforeValidator(_or_ever), WithJsonSchema({"type": "string", "examples": ["10min", "for ever"]})
]
"""A time that is not 0, or ``for ever``."""


class Played(Model):
    """One time of a report, in seconds, and what it was played as; ``raised`` where scaling alone gave less."""

    what: str
    real: float
    played: float
    raised: bool = False


@dataclass(frozen=True)
class Scale:
    """Divides times by ``factor``, and keeps a list of what it made of them in ``times``."""

    factor: float
    times: list[Played] = field(default_factory=list)

    def play(self, what: str, real: float, *, least: float = 0.0, whole: bool = False) -> float:
        """Return the seconds to play for ``real`` ones: ``least`` at least, and a ``whole`` number where asked for.

        A time that is 0 is off, and stays so.
        """
        if not real:
            return 0.0
        scaled = real / self.factor
        played = max(scaled, least)
        if whole:
            played = float(math.ceil(round(played, 3)))
        played = round(played, 3)
        self.times.append(Played(what=what, real=real, played=played, raised=played > scaled + _SAME))
        return played


def in_words(seconds: float) -> str:
    """Return a time as people say it: ``350ms``, ``5.8 s``, ``6 min``, ``1 h 30 min``."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{round(seconds, 1):g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
