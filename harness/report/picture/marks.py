"""Marks with labels: each in the first row that has room; those alike and close together become one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.report.picture.canvas import Canvas
from harness.report.picture.measure import fit, width
from harness.report.picture.page import EDGE, ROW, SIZE, Page
from harness.report.picture.rows import Extent, arrange
from harness.report.story import Mark, MarkKind

SHAPES: dict[MarkKind, tuple[str, str]] = {
    "state": ("m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", "what the implementation claims"),
    "error": ("m-4 -4l8 8m0 -8l-8 8", "an error that it answers with"),
    "question": ("m-5 -4h10l-5 9z", "a question to the user, and the answer"),
    "observation": ("m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", "what is seen from outside"),
    "evidence": ("m0 -5l5 5l-5 5l-5 -5z", "evidence that a fault took effect"),
    "fault": ("m0 -5l5 9h-10z", "a fault"),
    "connection": ("m-3 -3h6v6h-6z", "a server tells of a connection"),
    "claim": ("m-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z", "anything else that the adapter says"),
}
"""The shape of each kind, relative to its middle, and what the legend calls it."""

MOST_TOLD = 12
"""How many of the things behind one mark its tooltip tells."""

_RANKS: dict[MarkKind, int] = {"connection": 1, "claim": 2}
_NEAR = 24.0
_LESSER_NEAR = 90.0
_MOST_ROWS = 12
_WIDEST = 430.0
_HALF = 6.0
_GAP = 8.0
_LONGEST = 2000
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class _Bunch:
    """Marks that are drawn as one, and where."""

    marks: tuple[Mark, ...]
    x: float

    @property
    def label(self) -> str:
        """The first one's time and text, cut to the room that there is, and how many there are."""
        first = self.marks[0]
        times = f" ×{len(self.marks)}" if len(self.marks) > 1 else ""
        room = min(_WIDEST, EDGE - self.x - _GAP) - width(times, SIZE)
        return fit(f"{first.at:.3f} {first.label}", room, SIZE) + times

    @property
    def extent(self) -> Extent:
        """What the mark and its label cover."""
        right = self.x + _GAP + width(self.label, SIZE)
        return Extent(self.x - _HALF, right + _HALF, _RANKS.get(self.marks[0].kind, 0))

    def covers(self, x: float) -> bool:
        """Tell whether a mark at ``x`` that says the same is so near that it belongs to it."""
        return x <= self.x + (_LESSER_NEAR if self.marks[0].kind in _RANKS else _NEAR)


def draw_marks(page: Page, marks: tuple[Mark, ...], y: float) -> tuple[float, tuple[Mark, ...]]:
    """Draw them from ``y`` downwards; return where the next part begins, and the marks for which there is no room."""
    bunches = _bunches(page, marks)
    rows = arrange([bunch.extent for bunch in bunches], _MOST_ROWS)
    for bunch, row in zip(bunches, rows, strict=True):
        if row is not None:
            _draw(page, bunch, y + row * ROW)
    used = 1 + max((row for row in rows if row is not None), default=-1)
    left = [mark for bunch, row in zip(bunches, rows, strict=True) if row is None for mark in bunch.marks]
    return y + used * ROW, tuple(left)


def draw_shape(canvas: Canvas, kind: MarkKind, x: float, y: float) -> None:
    """Draw the shape of a kind around ``x``, ``y``."""
    canvas.path(SHAPES[kind][0], x, y, f"mark-{kind}")


def tooltip(times_and_texts: list[tuple[float, str]]) -> str:
    """Return what a tooltip says of some things that happened."""
    lines = [f"{at:.3f} s  {text[:_LONGEST]}" for at, text in times_and_texts[:MOST_TOLD]]
    more = len(times_and_texts) - MOST_TOLD
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def _bunches(page: Page, marks: tuple[Mark, ...]) -> list[_Bunch]:
    """Return those alike, numbers apart, and close together as one."""
    found: list[_Bunch] = []
    latest: dict[tuple[MarkKind, str], int] = {}
    for mark in marks:
        x = page.axis.x(mark.at)
        alike = mark.kind, _NUMBER.sub("#", mark.label)
        index = latest.get(alike)
        if index is not None and found[index].covers(x):
            found[index] = _Bunch((*found[index].marks, mark), found[index].x)
        else:
            latest[alike] = len(found)
            found.append(_Bunch((mark,), x))
    return found


def _draw(page: Page, bunch: _Bunch, y: float) -> None:
    kind = bunch.marks[0].kind
    group = page.front.group("mark", tooltip([(mark.at, mark.text) for mark in bunch.marks]))
    draw_shape(group, kind, bunch.x, y + ROW / 2)
    group.text(bunch.x + _GAP, y + 12, bunch.label, "label-failed" if kind == "error" else "label", SIZE)
