"""A matrix in Markdown, and a badge for each column."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from harness.report.matrix.model import Matrix
from harness.report.matrix.view import SIGNS, Summary, View
from harness.verdict.lattice import Verdict

_GREEN, _RED, _GREY = "#0b6b3a", "#a8111f", "#565d66"
_LETTER = 6.6
"""The width of a letter of 11 px in pixels, a little more than most have."""


def markdown(matrix: Matrix) -> str:
    """Return two tables: what each implementation comes to, and each requirement."""
    return "\n".join(_markdown(View(matrix))) + "\n"


def _markdown(view: View) -> Iterator[str]:
    yield "| implementation | on | pass | fail | unsupported | loses data | secrets and trust | the tunnel |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in view.summaries:
        column, counts = one.column, one.counts
        name = _plain(f"{view.names[column.id]} ({column.implementation.version})")
        numbers = (str(counts.get(kind, 0)) for kind in (Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED))
        broken = (", ".join(r.id for r in one.broken[kind]) or "–" for kind in ("data", "secrets", "tunnel"))
        yield f"| {' | '.join((name, column.fabric, *numbers, *broken))} |"
    yield ""
    yield " ".join(f"{sign} {verdict.value}" for verdict, sign in SIGNS.items())
    yield ""
    yield f"| requirement | {' | '.join(_plain(view.names[one.column.id]) for one in view.summaries)} |"
    yield "|---" * (len(view.summaries) + 1) + "|"
    for line in view.lines:
        cells = (f"{cell.sign} {cell.passed}/{cell.judged}" if cell else "" for cell in line.cells)
        yield f"| {line.requirement.id} ({line.requirement.level}) | {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """Return ``text`` so that it stays within its cell and is not markup."""
    return "".join(f"\\{one}" if one in "|\\`*_[]<>" else " " if one in "\r\n" else one for one in text)


def badge(summary: Summary) -> str:
    """Return an SVG badge: the implementation, and how many of the scenarios that were judged it passed."""
    passed, failed = (summary.counts.get(kind, 0) for kind in (Verdict.PASS, Verdict.FAIL))
    left, right = f"tunspec: {summary.column.implementation.asked_for}", f"{passed} of {passed + failed} passed"
    colour = _GREY if not passed + failed else _RED if failed else _GREEN
    first, second = (round(len(text) * _LETTER + 12) for text in (left, right))
    whole, title = first + second, escape(f"{left}: {right}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<clipPath id="round"><rect width="{whole}" height="20" rx="3"/></clipPath><g clip-path="url(#round)">'
        f'<rect width="{first}" height="20" fill="#3b4149"/>'
        f'<rect x="{first}" width="{second}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{first / 2:g}" y="14">{escape(left)}</text>'
        f'<text x="{first + second / 2:g}" y="14">{escape(right)}</text></g></svg>\n'
    )
