"""Where a reader of a report finds what was judged: the requirement, its sources, the scenario, the finding."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness import documents, resources
from harness.scenario.language.model import Scenario
from harness.scenario.requirements import Requirement

BASE = "TUNSPEC_SOURCE_URL"
"""The variable that holds the address of tunspec's files on the web; without it, links lead to the disk."""


@dataclass(frozen=True)
class Link:
    """An address and the words that are shown for it."""

    url: str
    name: str


def links(
    scenario: Scenario,
    implementation: str,
    covered: Iterable[Requirement],
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Link]:
    """Return the links of a scenario, the nearest first."""
    base = environment.get(BASE, "").rstrip("/")
    yield Link(_place(scenario.path.resolve(), base, scenario.line), f"scenario {scenario.id}")
    catalogue = resources.scenarios() / "requirements.yaml"
    for one in covered:
        place = _place(catalogue, base, _lines().get(one.id)) if base else f"{catalogue.as_uri()}#{one.id}"
        yield Link(place, f"requirement {one.id}")
        for source in one.sources:
            if source.startswith("https://"):
                yield Link(source, f"source of {one.id}: {source.removeprefix('https://')}")
    finding = resources.root() / "docs" / "findings" / f"{implementation}.md"
    if "/" not in implementation and finding.is_file():
        yield Link(_place(finding, base), f"findings on {implementation}")


def _place(file: Path, base: str, line: int | None = None) -> str:
    """Return the address of one of tunspec's files, or of a file of the user's on the disk."""
    if not base or not file.is_relative_to(resources.root()):
        return file.as_uri()
    return f"{base}/{file.relative_to(resources.root()).as_posix()}" + (f"#L{line}" if line else "")


@cache
def _lines() -> Mapping[str, int]:
    """Return the line at which each requirement begins."""
    document = documents.read(resources.scenarios() / "requirements.yaml")
    return {
        one["id"]: documents.line_of(document, ("requirements", number))
        for number, one in enumerate(document["requirements"])
    }
