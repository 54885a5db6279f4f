"""The JSON report, one object a line: a header, the results, a footer. Without its footer a report is invalid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from harness.errors import UsageError
from harness.model import Model, Record
from harness.report.share import Share, shares
from harness.verdict.lattice import Verdict, exit_status
from harness.verdict.result import Result

VERSION = 1
_LARGEST = 512 << 20
"""Bytes of a report: some fifty times what a whole run writes."""


MOST_SHARDS = 10_000
Part = Annotated[int, Field(ge=1, le=MOST_SHARDS)]


class Header(Record):
    """What was run, where and when (``started``: ISO 8601, UTC), by which version of tunspec, and by which scopes.

    ``shard`` is the number of this part and how many there are, None for a whole run. ``run`` is what all parts of one
    run share, ``selection`` what was selected, as pytest was told.
    """

    line: Literal["header"] = "header"
    report: Literal[1] = 1
    tunspec: str
    implementation: str
    fabric: str
    sshd: str | None = None
    realtime: bool
    scopes: tuple[str, ...]
    shard: tuple[Part, Part] | None = None
    run: str | None = None
    selection: tuple[str, ...] = ()
    python: str
    platform: str
    started: str


class Scenario(Record):
    """One result; ``picture`` is the path of its timeline's SVG, relative to the report, None where none was drawn."""

    line: Literal["result"] = "result"
    result: Result
    picture: str | None = None


class Confirmation(Record):
    """A scenario that failed was judged once more, ``alone``; the worse of both verdicts counts."""

    line: Literal["confirmation"] = "confirmation"
    scenario: str
    verdict: Verdict
    alone: Result


class Footer(Record):
    """How many verdicts of each kind, the exit status, and how long the run took in seconds.

    ``scopes`` tell how much of each was judged.

    ``invalid`` are the messages of scenario files that could not be used, ``broken`` those of scenarios that
    ended without a verdict. ``waited`` is the sum of the waits that the scenarios themselves asked for.
    """

    line: Literal["footer"] = "footer"
    verdicts: dict[Verdict, int]
    scopes: tuple[Share, ...] = ()
    invalid: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    exit_status: Annotated[int, Field(ge=0, le=255)]
    seconds: float
    waited: float


Line = Annotated[Header | Scenario | Confirmation | Footer, Field(discriminator="line")]
line: TypeAdapter[Header | Scenario | Confirmation | Footer] = TypeAdapter(Line)


class Report(Model):
    """A whole report. ``pictures`` are those of ``results``, in the same order."""

    header: Header
    results: tuple[Result, ...]
    pictures: tuple[str | None, ...]
    footer: Footer


def read(file: Path) -> Report:
    """Return the report in ``file``. Raises UsageError when it is malformed or lacks its footer."""
    match list(_lines(file)):
        case [Header() as header, *middle, Footer() as footer]:
            scenarios = [one for one in middle if isinstance(one, Scenario)]
            if len(scenarios) == sum(not isinstance(one, Confirmation) for one in middle):
                return Report(
                    header=header,
                    results=tuple(one.result for one in scenarios),
                    pictures=tuple(one.picture for one in scenarios),
                    footer=footer,
                )
    raise UsageError(f"{file}: the report is not whole (no footer: the run that wrote it was cut off)")


def _lines(file: Path) -> Iterator[Header | Scenario | Confirmation | Footer]:
    number = 0
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"{file}: the report is too large: it may have {_LARGEST >> 20} MiB")
        with file.open("rb") as opened:
            for text in opened:
                number += 1
                yield line.validate_json(text)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]["msg"]
        raise UsageError(f"{file}:{number}: not a tunspec report: {problem}") from error


def write(file: Path, report: Report) -> None:
    """Write a report as a run writes it. Raises OSError."""
    scenarios = (
        Scenario(result=one, picture=picture) for one, picture in zip(report.results, report.pictures, strict=True)
    )
    lines = (report.header, *scenarios, report.footer)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{one.model_dump_json()}\n" for one in lines), encoding="utf-8")


def footer(
    results: Sequence[Result],
    scopes: Iterable[str],
    *,
    invalid: Iterable[str],
    broken: Sequence[str],
    seconds: float,
    status: int | None = None,
) -> Footer:
    """Return the footer of a run that found these results and took so many ``seconds``.

    ``status`` is its exit status, where more than the results speaks for it.
    """
    found = tuple(invalid)
    verdicts = [result.verdict for result in results]
    return Footer(
        verdicts=count(results),
        scopes=shares(results, scopes),
        invalid=found,
        broken=tuple(broken),
        exit_status=exit_status([*verdicts, *(Verdict.ERROR for _ in broken)], invalid=bool(found))
        if status is None
        else status,
        seconds=round(seconds, 3),
        waited=round(sum(result.waited for result in results), 3),
    )


def count(results: Iterable[Result]) -> dict[Verdict, int]:
    """Return how many results have each verdict."""
    found: dict[Verdict, int] = {}
    for result in results:
        found[result.verdict] = found.get(result.verdict, 0) + 1
    return found
