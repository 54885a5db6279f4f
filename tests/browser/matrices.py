"""A matrix that nobody had to run for: every verdict, in each area and at each level."""

from __future__ import annotations

from itertools import cycle, islice

from harness.facts import FaultBegan, Proof, StateClaimed, words
from harness.report.matrix.model import Cell, Column, Matrix, Requirement, Row
from harness.scenario.areas import AREAS
from harness.timeline import Entry
from harness.verdict.lattice import UNSETTLED, Verdict
from harness.verdict.result import Judged, Result, StepResult

_VERDICTS = (
    *(Verdict.PASS,) * 7,
    *(Verdict.FAIL, Verdict.UNSUPPORTED, Verdict.NOT_RUN, Verdict.PASS, Verdict.INCONCLUSIVE),
)
_LEVELS = ("must", "should", "may")
_HARMS = ("data", "secrets", "tunnel", "time", "little")
_SCOPES = ("core", "resilience")
_REASONS = {Verdict.UNSUPPORTED: "auth.agent", Verdict.NOT_RUN: "needs the docker fabric"}


def synthetic(columns: int, scenarios: int) -> Matrix:
    """Return so many columns by so many requirements, each with one scenario; REQ-1 is broken by the first column."""
    areas = list(islice(cycle(AREAS), scenarios))
    requirements = tuple(
        Requirement(
            id=f"REQ-{number}",
            level=_LEVELS[number % 3],
            scope=_SCOPES[number % 2],
            area=area,
            harm=_HARMS[number % 5],
            text=f"The server may be silent for {number} s before the tunnel gives it up and tells its user so.",
            sources=("RFC 4254 section 7.2", f"https://example.org/{number}"),
        )
        for number, area in enumerate(areas, 1)
    )
    rows = tuple(
        Row(
            scenario=f"{one.area}/scenario_{number}",
            title=f"A server that is silent for {number} s",
            area=one.area,
            level=one.level,
            scope=one.scope,
            covers=(one.id,),
        )
        for number, one in enumerate(requirements, 1)
    )
    return Matrix(
        tunspec="0.1.0",
        requirements=requirements,
        rows=rows,
        columns=tuple(_column(number, rows) for number in range(columns)),
    )


def _column(number: int, rows: tuple[Row, ...]) -> Column:
    judged = Judged(asked_for=f"tunnel{number}", name=f"Tunnel {number}", version="1.2.3", language="Go")
    return Column(
        id=f"tunnel{number}-embedded",
        implementation=judged,
        fabric="embedded",
        scopes=("core", "resilience"),
        platform="Linux",
        tunspec="0.1.0",
        started="2027-01-01T08:00:00Z",
        seconds=300.0,
        cells={row.scenario: _cell(row, judged, place * 5 + number * 7) for place, row in enumerate(rows)},
    )


def _cell(row: Row, judged: Judged, chance: int) -> Cell:
    first = row.covers == ("REQ-1",) and judged.asked_for == "tunnel0"
    verdict = Verdict.FAIL if first else _VERDICTS[chance % len(_VERDICTS)]
    result = _result(row, judged, verdict)
    return Cell(
        verdict=verdict,
        reason=result.reason,
        broken=result.broken,
        seconds=3.1,
        reproduce=result.reproduce,
        evidence=("freeze of bastion: process 7 was stopped",) if verdict is Verdict.PASS else (),
        result=result if verdict in UNSETTLED else None,
    )


def _result(row: Row, judged: Judged, verdict: Verdict) -> Result:
    failed = verdict is Verdict.FAIL
    facts = (
        ("client", StateClaimed(tunnel="main", state="connected")),
        ("bastion", FaultBegan(name="freeze of bastion")),
        ("bastion", Proof(name="freeze of bastion", seen="process 7 was stopped")),
    )
    return Result(
        scenario=row.scenario,
        title=row.title,
        covers=row.covers,
        broken=row.covers if failed else (),
        level=row.level,
        scope=row.scope,
        topology="single_bastion",
        fabric="embedded",
        implementation=judged,
        verdict=verdict,
        reason=_REASONS.get(verdict, "" if verdict is Verdict.PASS else "expected the connections to be closed"),
        expected="the held connections to be closed within 2.6s..5.8s" if failed else None,
        observed="0 of 2 connections closed after 5.9 s" if failed else None,
        evidence=("freeze of bastion: process 7 was stopped",),
        steps=(StepResult(text="freeze: bastion", line=7, at=2.0, seconds=0.1, ended="done"),),
        reproduce=f"tunspec run --impl {judged.asked_for} --fabric embedded {row.scenario}",
        timeline=tuple(
            Entry(at=float(at), lane=lane, kind=fact.kind, source=lane, text=words(fact), fact=fact)  # type: ignore[arg-type]
            for at, (lane, fact) in enumerate(facts, 1)
        ),
        adapter_log="debug1: connected\n" * 3,
    )
