"""Joins the reports of the shards of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import HarnessBroken
from harness.report import model
from harness.verdict.result import Result

_ALIKE = ("run", "tunspec", "implementation", "fabric", "sshd", "realtime", "scopes", "selection")
"""What the headers of all shards must have in common."""


class IncompleteRun(HarnessBroken):
    """The reports are not all the shards of one run, each of them whole."""


def merge(reports: Mapping[Path, model.Report]) -> model.Report:
    """Return the report of the whole run; its pictures are left out. Raises IncompleteRun."""
    headers = {file: report.header for file, report in reports.items()}
    first_file, first = next(iter(headers.items()))
    for file, header in headers.items():
        for name in _ALIKE:
            if getattr(header, name) != getattr(first, name):
                raise IncompleteRun(
                    f"{file} is not of the same run as {first_file}: {name} is {getattr(header, name)!r} here and "
                    f"{getattr(first, name)!r} there"
                )
    _check_shards(headers)
    results = tuple(sorted((one for each in reports.values() for one in each.results), key=lambda one: one.scenario))
    if twice := [name for name, times in Counter(one.scenario for one in results).items() if times > 1]:
        raise IncompleteRun(f"{twice[0]} is in two of the reports; judge each shard once")
    return model.Report(
        header=first.model_copy(update={"shard": None, "started": min(one.started for one in headers.values())}),
        results=results,
        pictures=(None,) * len(results),
        footer=_footer(first, results, [each.footer for each in reports.values()]),
    )


def _check_shards(headers: Mapping[Path, model.Header]) -> None:
    found: dict[int, Path] = {}
    of = {header.shard[1] if header.shard else 1 for header in headers.values()}
    if len(of) > 1:
        raise IncompleteRun(f"the reports are of runs with {' and '.join(map(str, sorted(of)))} shards")
    for file, header in headers.items():
        number = header.shard[0] if header.shard else 1
        if number > max(of):
            raise IncompleteRun(f"{file} is shard {number} of {max(of)}, but there is no such shard")
        if number in found:
            raise IncompleteRun(f"{file} and {found[number]} are both shard {number}")
        found[number] = file
    (total,) = of
    if missing := [str(number) for number in range(1, total + 1) if number not in found]:
        raise IncompleteRun(f"of {total} shards, {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing")


def _footer(header: model.Header, results: tuple[Result, ...], footers: Sequence[model.Footer]) -> model.Footer:
    return model.footer(
        results,
        header.scopes,
        invalid=dict.fromkeys(message for each in footers for message in each.invalid),
        broken=[message for each in footers for message in each.broken],
        seconds=max(each.seconds for each in footers),
    )
