"""What the shapes mean, below the picture; only those that were drawn."""

from __future__ import annotations

from harness.report.picture.marks import SHAPES, draw_shape
from harness.report.picture.measure import width
from harness.report.picture.page import EDGE, MARGIN, ROW, SIZE, Page
from harness.report.story import Story

_GAP = 16.0
_OPEN = "a connection that is open to the end"
_DASHES = 24.0


def draw_legend(page: Page, story: Story, y: float) -> float:
    """Draw it from ``y`` downwards; return where the picture ends."""
    used = {mark.kind for track in story.tracks for mark in track.marks}
    x = MARGIN
    for kind, (_, words) in SHAPES.items():
        if kind in used:
            x, y = _place(x, y, 14 + width(words, SIZE))
            draw_shape(page.front, kind, x + 5, y + 8)
            page.front.text(x + 14, y + 12, words, "muted", SIZE)
            x += 14 + width(words, SIZE) + _GAP
    if any(one.closed is None for track in story.tracks for one in track.connections):
        x, y = _place(x, y, _DASHES + 6 + width(_OPEN, SIZE))
        page.front.line(x, y + 8, x + _DASHES, y + 8, "connection-open")
        page.front.text(x + _DASHES + 6, y + 12, _OPEN, "muted", SIZE)
    return y + ROW + 6


def _place(x: float, y: float, wide: float) -> tuple[float, float]:
    """Return where something this wide has room: here, or in the next row."""
    return (x, y) if x + wide <= EDGE else (MARGIN, y + ROW)
