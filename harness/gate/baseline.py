"""What passed when somebody last looked: a text file that a review reads, one scenario a line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.report.model import Header
from harness.scenario.language.model import Scenario
from harness.verdict.lattice import UNJUDGED, Verdict
from harness.verdict.result import Result

_LINE = re.compile(rf"(?P<verdict>{'|'.join(Verdict)}) +(?P<scenario>\S+)( +(?P<digest>[0-9a-f]{{8}}))?")


@dataclass(frozen=True)
class Past:
    """What was said of a scenario; ``digest`` is of what it asked for, empty for one that does not ship."""

    verdict: Verdict
    digest: str


@dataclass(frozen=True)
class Changes:
    """How a run differs from the baseline, by ids.

    ``lost`` passed before and was not judged now, with the reason. ``new``, ``changed`` and ``gone`` are scenarios
    that the suite did not have, had otherwise, or has no more.
    """

    lost: Mapping[str, str]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def digest(scenario: Scenario) -> str:
    """Return eight digits that change when a scenario asks for something else."""
    asked = "\n".join((scenario.spec.model_dump_json(exclude={"why"}), *(step.text for step in scenario.steps)))
    return hashlib.sha256(asked.encode()).hexdigest()[:8]


def write(file: Path, header: Header, results: Iterable[Result], shipped: Mapping[str, Scenario]) -> None:
    """Write the verdicts, sorted by scenario. Raises UsageError."""
    lines = [
        f"# tunspec {header.tunspec}: {header.implementation} on {header.fabric}, {', '.join(header.scopes)}",
        "# Written by `tunspec gate --write-baseline`: what passes here and is not judged later is lost coverage.",
        *(_line(result, shipped) for result in sorted(results, key=lambda one: one.scenario)),
    ]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the baseline cannot be written to {file}: {error.strerror}") from error


def _line(result: Result, shipped: Mapping[str, Scenario]) -> str:
    known = shipped.get(result.scenario)
    return f"{result.verdict.value:<12} {result.scenario}  {digest(known) if known else ''}".rstrip()


def read(file: Path) -> dict[str, Past]:
    """Return what the baseline says, by scenario. Raises UsageError with file and line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"the baseline {file} cannot be read: {why}; --write-baseline writes it") from error
    found: dict[str, Past] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            raise UsageError(
                f"{file}:{number}: not a line of a baseline, such as `pass  data/echo  1f3c9a07`: {line[:80]!r}"
            )
        if parts["scenario"] in found:
            raise UsageError(f"{file}:{number}: {parts['scenario']} is listed here twice")
        found[parts["scenario"]] = Past(Verdict(parts["verdict"]), parts["digest"] or "")
    return found


def compare(past: Mapping[str, Past], results: Iterable[Result], shipped: Mapping[str, Scenario]) -> Changes:
    """Return how the results differ from the baseline."""
    now = {result.scenario: result for result in results}
    lost: dict[str, str] = {}
    for scenario, before in sorted(past.items()):
        if before.verdict is not Verdict.PASS:
            continue
        result = now.get(scenario)
        if result is None and scenario in shipped:
            lost[scenario] = "it was not selected"
        elif result is not None and result.verdict in UNJUDGED:
            lost[scenario] = f"{result.verdict.value}: {result.reason}"
    return Changes(
        lost=lost,
        new=tuple(sorted(now.keys() - past.keys())),
        changed=tuple(
            name
            for name in sorted(now.keys() & past.keys() & shipped.keys())
            if digest(shipped[name]) != past[name].digest
        ),
        gone=tuple(sorted(past.keys() - now.keys() - shipped.keys())),
    )
