"""How a picture is told that is not of a scenario: its headline, and what its times stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.verdict.lattice import Verdict


@dataclass(frozen=True)
class Telling:
    """``badge`` is the answer in a word or two, in the colours of ``like``; ``title`` and ``line`` say of what.

    ``real`` returns the real time of a moment of the timeline, in words; None where time was not scaled.
    """

    badge: str
    like: Verdict
    title: str
    line: str
    real: Callable[[float], str] | None = None
