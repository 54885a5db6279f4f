"""The JSON of a matrix: columns of runs, rows of scenarios, and in each cell a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from harness.errors import UsageError
from harness.model import Model
from harness.report.share import Share
from harness.scenario.harm import Harm
from harness.scenario.language.model import Level, Scope
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result


class Requirement(Model):
    """One statement: ``area`` is the folder of most scenarios that prove it, ``harm`` what breaking it loses."""

    id: str
    level: Level
    scope: Scope
    area: str
    harm: Harm
    text: str
    sources: tuple[str, ...]


class Row(Model):
    """One scenario; ``file`` has its steps."""

    scenario: str
    title: str
    area: str
    level: str
    scope: str
    covers: tuple[str, ...]
    file: str = ""


class Cell(Model):
    """What one run found by one scenario; ``result`` is the whole record where something is to be explained.

    ``evidence`` is that of a pass, whose record is not kept.
    """

    verdict: Verdict
    reason: str = ""
    broken: tuple[str, ...] = ()
    seconds: float = 0.0
    reproduce: str = ""
    evidence: tuple[str, ...] = ()
    result: Result | None = None


class Column(Model):
    """One run: who was judged, on what, when (``started``: ISO 8601, UTC) and how long it took in seconds.

    ``id`` is what links are made of, and differs from those of other columns. ``cells`` are by scenario.
    """

    id: str
    implementation: Judged
    fabric: str
    sshd: str | None = None
    scopes: tuple[str, ...]
    platform: str
    tunspec: str
    started: str
    seconds: float
    shares: tuple[Share, ...] = ()
    cells: dict[str, Cell]


class Matrix(Model):
    """Runs side by side."""

    matrix: Literal[1] = 1
    tunspec: str
    requirements: tuple[Requirement, ...]
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = Field(min_length=1)


def read(file: Path) -> Matrix:
    """Return the matrix in ``file``. Raises UsageError."""
    try:
        return Matrix.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(f"{file}: not a tunspec matrix: {error.errors(include_url=False)[0]['msg']}") from error
