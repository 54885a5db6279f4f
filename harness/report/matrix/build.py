"""Makes a matrix of reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

from harness.errors import UsageError
from harness.report.matrix.model import Cell, Column, Matrix, Requirement, Row
from harness.report.model import Report
from harness.scenario.harm import harm
from harness.scenario.requirements import catalogue
from harness.verdict.lattice import UNSETTLED, Verdict
from harness.verdict.result import Result

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")


def matrix_of(reports: Sequence[Report]) -> Matrix:
    """Return the reports side by side, in their order. Raises UsageError where one has no results."""
    for report in reports:
        if not report.results:
            raise UsageError(f"the report on {report.header.implementation} has no results; run it again")
    rows = _rows(result for report in reports for result in report.results)
    return Matrix(
        tunspec=version("tunspec"),
        requirements=tuple(_requirements(rows)),
        rows=rows,
        columns=tuple(_column(report, name) for report, name in zip(reports, _names(reports), strict=True)),
    )


def _rows(results: Iterable[Result]) -> tuple[Row, ...]:
    found: dict[str, Row] = {}
    for one in results:
        area = one.scenario.partition("/")[0]
        found.setdefault(
            one.scenario,
            Row(
                scenario=one.scenario,
                title=one.title,
                area=area,
                level=one.level,
                scope=one.scope,
                covers=one.covers,
                file=one.file,
            ),
        )
    return tuple(found[name] for name in sorted(found))


def _requirements(rows: Sequence[Row]) -> Iterator[Requirement]:
    """Return what the rows are about, in the order of the catalogue."""
    areas: dict[str, Counter[str]] = {}
    for row in rows:
        for name in row.covers:
            areas.setdefault(name, Counter())[row.area] += 1
    for one in catalogue().values():
        if one.id in areas:
            (area, _), *_ = areas[one.id].most_common(1)
            yield Requirement(
                id=one.id,
                level=one.level,
                scope=one.scope,
                area=area,
                harm=harm(one),
                text=one.text,
                sources=one.sources,
            )


def plain_name(implementation: str, fabric: str) -> str:
    """Return a name of both that a file and a link may have."""
    return _UNSAFE.sub("-", f"{implementation}-{fabric}").strip("-.")


def _names(reports: Sequence[Report]) -> list[str]:
    """Return a name for each column that no other has: the plain one and, if need be, a number."""
    plain = [plain_name(one.header.implementation, one.header.fabric) for one in reports]
    names: list[str] = []
    for name in plain:
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}") in names:
            number += 1
        names.append(unique)
    return names


def _column(report: Report, name: str) -> Column:
    header = report.header
    return Column(
        id=name,
        implementation=report.results[0].implementation,
        fabric=header.fabric,
        sshd=header.sshd,
        scopes=header.scopes,
        platform=header.platform,
        tunspec=header.tunspec,
        started=header.started,
        seconds=report.footer.seconds,
        shares=report.footer.scopes,
        cells={one.scenario: _cell(one) for one in report.results},
    )


def _cell(result: Result) -> Cell:
    explained = result.verdict in UNSETTLED
    return Cell(
        verdict=result.verdict,
        reason=result.reason,
        broken=result.broken or (result.covers if result.verdict is Verdict.FAIL else ()),
        seconds=result.seconds,
        reproduce=result.reproduce,
        evidence=result.evidence if result.verdict is Verdict.PASS else (),
        result=result if explained else None,
    )
