"""The head of the picture: which scenario, what verdict, who was judged, and why."""

from __future__ import annotations

from collections.abc import Iterator

from harness.report.picture.canvas import Canvas
from harness.report.picture.measure import fit, width, wrap
from harness.report.picture.page import EDGE, MARGIN
from harness.report.picture.palette import BADGES
from harness.report.picture.telling import Telling
from harness.verdict.result import Result

_TITLE = 17.0
_BODY = 12.0
_LINE = 17.0
_INDENT = 72.0
_MOST_LINES = 4


def draw_header(canvas: Canvas, result: Result, telling: Telling | None) -> float:
    """Draw it at the top; return where the next part begins."""
    told = telling or Telling(result.verdict, result.verdict, result.scenario, result.title)
    badge = width(told.badge.upper(), _BODY, bold=True) + 16
    canvas.rect(MARGIN, 14, badge, 22, BADGES[told.like].name, round_by=4)
    canvas.text(MARGIN + 8, 30, told.badge.upper(), "badge", _BODY, bold=True)
    left = MARGIN + badge + 10
    canvas.text(left, 31, fit(told.title, (EDGE - left) / 1.16, _TITLE), "ink", _TITLE, bold=True)
    canvas.text(MARGIN, 56, fit(told.line, EDGE - MARGIN, _BODY), "ink", _BODY)
    canvas.text(MARGIN, 56 + _LINE, fit(_judged(result), EDGE - MARGIN, _BODY), "muted", _BODY)
    y = 56 + 2 * _LINE
    for word, text in _reasons(result):
        canvas.text(MARGIN, y, word, "failed", _BODY, bold=True)
        for line in wrap(text, EDGE - MARGIN - _INDENT, _BODY, _MOST_LINES):
            canvas.text(MARGIN + _INDENT, y, line, "failed", _BODY)
            y += _LINE
    return y


def _judged(result: Result) -> str:
    judged = result.implementation
    parts = [f"{judged.name} {judged.version} ({judged.language}) on {result.fabric}", f"{result.seconds:.1f} s"]
    return " · ".join([*parts, *([f"covers {', '.join(result.covers)}"] if result.covers else [])])


def _reasons(result: Result) -> Iterator[tuple[str, str]]:
    if result.expected is not None and result.observed is not None:
        yield "expected", result.expected
        yield "observed", result.observed
    elif result.reason:
        yield "reason", result.reason
