"""The page that all parts draw on: its measures, its layers, its time axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.report.picture.axis import Axis
from harness.report.picture.canvas import Canvas
from harness.report.picture.measure import fit, width

WIDTH = 1200.0
MARGIN = 16.0
EDGE = WIDTH - MARGIN
"""Where the longest label ends."""
LEFT = 160.0
RIGHT = 830.0
"""Where time begins and ends; what happens last has the room up to EDGE for its label."""
ROW = 16.0
SIZE = 11.0
_GUTTER = LEFT - MARGIN - 12
_MOST_TICKS = 9


@dataclass(frozen=True)
class Page:
    """Layers from the ground up: ``ground``, ``lines`` (grid and guides), ``front``.

    ``real`` returns what a moment stands for, in words, where time was scaled.
    """

    axis: Axis
    ground: Canvas
    lines: Canvas
    front: Canvas
    real: Callable[[float], str] | None = None

    def gutter(self, y: float, text: str, *, bold: bool = False) -> None:
        """Write what a row is about, to the left of the time; ``y`` is the top of the row."""
        room = _GUTTER / 1.16 if bold else _GUTTER
        self.front.text(MARGIN, y + 12, fit(text, room, SIZE), "ink" if bold else "muted", SIZE, bold=bold)

    def times(self, y: float) -> float:
        """Write the round times of the axis, and what they stand for; return where the next row begins."""
        ticks = self.axis.ticks(_MOST_TICKS)
        y = self._times(y, "seconds" if self.real is None else "as played", ticks)
        return y if self.real is None else self._times(y, "in real time", [(at, self.real(at)) for at, _ in ticks])

    def _times(self, y: float, name: str, labels: Iterable[tuple[float, str]]) -> float:
        self.gutter(y, name)
        for at, label in labels:
            self.front.text(self.axis.x(at) - width(label, SIZE) / 2, y + 12, label, "muted", SIZE)
        return y + ROW

    def grid(self, top: float, bottom: float) -> None:
        """Draw a line for each round time."""
        for at, _ in self.axis.ticks(_MOST_TICKS):
            self.lines.line(self.axis.x(at), top, self.axis.x(at), bottom, "grid")
