"""What a matrix comes to: a verdict for each requirement and implementation, and a summary for each implementation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from harness.report.matrix.model import Column, Matrix, Requirement, Row
from harness.scenario.harm import Harm
from harness.verdict.lattice import UNJUDGED, UNSETTLED, Verdict

SIGNS: Mapping[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.UNSUPPORTED: "–",
    Verdict.NOT_RUN: "·",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
}
"""A sign for each verdict, for those who see no colours."""

FEATURES: Mapping[str, str] = {
    "auth.password": "log in by password",
    "auth.key": "log in by a key file",
    "auth.agent": "log in by an agent",
    "auth.keyboard-interactive": "answer prompts of the server",
    "auth.none": "log in without a credential",
    "auth.certificate": "log in by a certificate",
    "banner": "show the server's banner",
    "errors.code": "tell errors apart by code",
    "errors.hop": "say at which hop an error happened",
    "status": "tell its state",
    "timeouts.connect": "limit the time to connect",
    "timeouts.open": "limit the time to open a channel",
    "target.socket": "lead to a Unix domain socket",
    "reopen": "take a second open of an open tunnel",
    "totp.generate": "make one-time codes",
    "totp.prompt": "ask for one-time codes",
    "jump": "pass jump hosts",
    "host-keys.ask": "ask about unknown host keys",
    "host-keys.replace": "replace changed host keys",
    "host-keys.alias": "take a host key alias",
    "keepalive": "notice a dead server by keep-alives",
    "keepalive.default": "do so unless told otherwise",
    "reconnect": "reconnect",
    "test": "test a connection",
    "import-url": "import a connection URL",
    "import-config": "import an OpenSSH configuration",
}
"""What each feature of the protocol is to a user."""

_GRAVEST = (Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.UNSUPPORTED, Verdict.NOT_RUN)


@dataclass(frozen=True)
class Summed:
    """What one column found about one requirement: ``passed`` of ``judged`` scenarios, and the gravest verdict."""

    verdict: Verdict
    passed: int
    judged: int

    @property
    def sign(self) -> str:
        """The verdict as a sign."""
        return SIGNS[self.verdict]


@dataclass(frozen=True)
class RequirementRow:
    """A requirement, its scenarios, and a cell for each column, None where nothing was run."""

    requirement: Requirement
    rows: tuple[Row, ...]
    cells: tuple[Summed | None, ...]

    @property
    def differs(self) -> bool:
        """Whether the columns do not agree."""
        return len({cell.verdict if cell else None for cell in self.cells}) > 1

    @property
    def verdicts(self) -> str:
        """The verdicts of all columns, for the filter."""
        return " ".join(sorted({cell.verdict.value for cell in self.cells if cell}))


@dataclass(frozen=True)
class Summary:
    """One implementation in ten seconds: what it never does, and what it breaks, by what that loses."""

    column: Column
    counts: Mapping[Verdict, int]
    never: tuple[str, ...]
    broken: Mapping[Harm, tuple[Requirement, ...]]


@dataclass(frozen=True)
class Change:
    """A scenario whose verdict is another one in the second of two runs; None where it was not run."""

    row: Row
    before: Verdict | None
    after: Verdict | None

    @property
    def kind(self) -> str:
        """What became of it: ``worse``, ``better`` or ``other``."""
        if self.after in UNSETTLED:
            return "worse"
        return "better" if self.before in UNSETTLED and self.after is Verdict.PASS else "other"


class View:
    """A matrix as it is shown."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self._known = {one.id: one for one in matrix.requirements}

    @cached_property
    def lines(self) -> tuple[RequirementRow, ...]:
        """A line for each requirement, by area and level, in the order of the catalogue."""
        about: dict[str, list[Row]] = {one.id: [] for one in self.matrix.requirements}
        for row in self.matrix.rows:
            broken = {
                name
                for one in self.matrix.columns
                if row.scenario in one.cells
                for name in one.cells[row.scenario].broken
            }
            for name in {*row.covers, *broken} & about.keys():
                about[name].append(row)
        lines = [
            RequirementRow(
                one, tuple(about[one.id]), tuple(_sum(column, one.id, about[one.id]) for column in self.matrix.columns)
            )
            for one in self.matrix.requirements
        ]
        order = {"must": 0, "should": 1, "may": 2}
        return tuple(sorted(lines, key=lambda line: (line.requirement.area, order[line.requirement.level])))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each column is called, by its id: the implementation, and what tells it from others of that name."""
        columns = self.matrix.columns
        asked = [one.implementation.asked_for for one in columns]
        fabrics = len({one.fabric for one in columns}) > 1
        plain = [f"{name} on {one.fabric}" if fabrics else name for name, one in zip(asked, columns, strict=True)]
        dated = [
            f"{name}, {one.started[:16].replace('T', ' ')}" if plain.count(name) > 1 else name
            for name, one in zip(plain, columns, strict=True)
        ]
        return {
            one.id: f"{name} (run {dated[: number + 1].count(name)})" if dated.count(name) > 1 else name
            for number, (name, one) in enumerate(zip(dated, columns, strict=True))
        }

    @cached_property
    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        """What changed between two runs of one implementation, by kind; nothing where there are no such two."""
        if len({(one.implementation.asked_for, one.fabric) for one in self.matrix.columns}) > 1:
            return {}
        if len(self.matrix.columns) != 2:
            return {}
        first, second = (one.cells for one in self.matrix.columns)
        found = [
            Change(
                row,
                first[row.scenario].verdict if row.scenario in first else None,
                second[row.scenario].verdict if row.scenario in second else None,
            )
            for row in self.matrix.rows
        ]
        changed = [one for one in found if one.before is not one.after]
        return {kind: tuple(one for one in changed if one.kind == kind) for kind in ("worse", "better", "other")}

    @cached_property
    def areas(self) -> Mapping[str, tuple[RequirementRow, ...]]:
        """The lines of each area."""
        names = dict.fromkeys(line.requirement.area for line in self.lines)
        return {name: tuple(line for line in self.lines if line.requirement.area == name) for name in names}

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """A summary of each column."""
        return tuple(map(self._summary, self.matrix.columns))

    def _summary(self, column: Column) -> Summary:
        verdicts = [cell.verdict for cell in column.cells.values()]
        broken = {name for cell in column.cells.values() if cell.verdict is Verdict.FAIL for name in cell.broken}
        by_harm: dict[Harm, list[Requirement]] = {"data": [], "secrets": [], "tunnel": [], "time": [], "little": []}
        for one in self.matrix.requirements:
            if one.id in broken:
                by_harm[one.harm].append(one)
        return Summary(
            column=column,
            counts={verdict: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts},
            never=tuple(_never(column)),
            broken={kind: tuple(found) for kind, found in by_harm.items()},
        )


def _never(column: Column) -> Iterator[str]:
    """Return what the column says it does not support, the most often needed first."""
    reasons = [cell.reason for cell in column.cells.values() if cell.verdict is Verdict.UNSUPPORTED]
    for reason in sorted(set(reasons), key=lambda one: (-reasons.count(one), one)):
        yield FEATURES.get(reason, reason)


def _sum(column: Column, requirement: str, rows: Sequence[Row]) -> Summed | None:
    verdicts = [
        _about(requirement, column.cells[row.scenario].verdict, column.cells[row.scenario].broken)
        for row in rows
        if row.scenario in column.cells
    ]
    if not verdicts:
        return None
    judged = [one for one in verdicts if one not in UNJUDGED]
    return Summed(
        verdict=next(verdict for verdict in _GRAVEST if verdict in verdicts),
        passed=judged.count(Verdict.PASS),
        judged=len(judged),
    )


def _about(requirement: str, verdict: Verdict, broken: Sequence[str]) -> Verdict:
    """Return what a verdict says of one requirement: a scenario that failed for another one shows nothing of it."""
    return Verdict.INCONCLUSIVE if verdict is Verdict.FAIL and requirement not in broken else verdict
