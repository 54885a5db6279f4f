"""The page: one HTML file that needs nothing but itself, made of a matrix.

The table and the summaries are plain HTML. What a cell opens is packed (zlib, base64), and unpacked by the browser when
it is asked for. All that came from an adapter, and all else, is escaped by the templates; the page's policy lets
no script run but its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.report.excerpt import excerpt
from harness.report.matrix.model import Cell, Column, Matrix
from harness.report.matrix.view import SIGNS, View
from harness.report.picture import picture
from harness.scenario.areas import AREAS
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_HERE = Path(__file__).parent
_LOG_LINES = 200
"""Lines of an adapter's log that the page keeps, the last ones; the JSON has them all."""

_LEVELS = {
    "must": "breaking it loses data, secrets or the tunnel",
    "should": "breaking it costs the user time",
    "may": "users of some implementations count on it",
}


def render(matrix: Matrix, title: str) -> str:
    """Return the page as HTML."""
    view = View(matrix)
    templates = _templates()
    script = Markup((_HERE / "page.js").read_text(encoding="utf-8"))  # noqa: S704 -- a file of this package
    return templates.get_template("page.html").render(
        title=title,
        view=view,
        matrix=matrix,
        areas=AREAS,
        levels=_LEVELS,
        signs=SIGNS,
        Verdict=Verdict,
        style=Markup((_HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704 -- a file of this package
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        overview=_packed(_overview(view)),
        details={column.id: _packed(_details(column)) for column in matrix.columns},
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _packed(value: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 9)).decode()


def _overview(view: View) -> Mapping[str, Any]:
    """Return what is known of every cell: each scenario's verdict, its reason, and how to see it again."""
    return {
        "signs": {verdict.value: sign for verdict, sign in SIGNS.items()},
        "requirements": {
            line.requirement.id: {
                "text": line.requirement.text,
                "sources": line.requirement.sources,
                "scenarios": [row.scenario for row in line.rows],
            }
            for line in view.lines
        },
        "titles": {row.scenario: row.title for row in view.matrix.rows},
        "columns": {
            column.id: {
                "name": view.names[column.id],
                "about": f"{column.implementation.name} {column.implementation.version} on {column.fabric}",
                "cells": {name: _short(cell) for name, cell in column.cells.items()},
            }
            for column in view.matrix.columns
        },
    }


def _short(cell: Cell) -> list[Any]:
    reason = "" if cell.verdict is Verdict.PASS else cell.reason
    return [cell.verdict.value, reason, cell.broken, round(cell.seconds, 1), cell.reproduce, cell.evidence]


def _details(column: Column) -> Mapping[str, Mapping[str, str]]:
    """Return the HTML and the picture of each cell that has something to explain."""
    return {name: _detail(cell.result) for name, cell in column.cells.items() if cell.result is not None}


def _detail(result: Result) -> Mapping[str, str]:
    log = result.adapter_log.rstrip().splitlines()
    html = (
        _templates()
        .get_template("detail.html")
        .render(
            result=result,
            log=log[-_LOG_LINES:],
            left_out=max(0, len(log) - _LOG_LINES),
            timeline=list(excerpt(result)),
            step=next((step for step in result.steps if step.ended != "done"), None),
        )
    )
    return {"html": html, "picture": picture(result)}
