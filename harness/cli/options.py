"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

IMPL = "reference, a name that `tunspec adapter list` prints, a path to an adapter, or image:NAME."
SCOPE = (
    "What is judged: core, resilience or page, several separated by commas, or full. By default full for the "
    "reference, and core,resilience for every other implementation."
)
Impl = Annotated[str, typer.Option("--impl", help=IMPL, metavar="NAME")]
Fabric = Annotated[Literal["embedded", "docker"], typer.Option("--fabric", help="What the scenarios run on.")]
Marker = Annotated[
    str | None, typer.Option("-m", "--marker", help='Select by marker: -m "two_hop and must".', metavar="EXPRESSION")
]
Keyword = Annotated[str | None, typer.Option("-k", "--keyword", help="Select by name: -k totp.", metavar="EXPRESSION")]
Level = Annotated[
    Literal["must", "should", "may"] | None, typer.Option("--level", help="Only requirements of this level.")
]
Workers = Annotated[str, typer.Option("-n", "--workers", help="Processes; 0 runs in this one.", metavar="NUMBER|auto")]
Terms = Annotated[
    Path | None,
    typer.Option("--terms", help="Read this file instead of tunspec.toml in this folder.", metavar="FILE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


def _complete_scenario(begun: str) -> list[str]:
    from harness import resources

    files = resources.scenarios().glob("*/*.yaml")
    names = {f"{file.parent.name}/{file.stem}" for file in files} | {file.parent.name for file in files}
    return sorted(name for name in names if name.startswith(begun))


Wanted = Annotated[
    list[str] | None,
    typer.Argument(
        help="Scenario ids (data/echo), areas, files or folders; all by default.",
        metavar="SCENARIO",
        autocompletion=_complete_scenario,
    ),
]
