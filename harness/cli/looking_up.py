"""Commands that say what there is, and what it means."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

import typer

from harness.cli.app import app, out
from harness.cli.options import AsJson, Keyword, Marker, Wanted


@app.command("list")
def list_scenarios(
    wanted: Wanted = None, marker: Marker = None, keyword: Keyword = None, as_json: AsJson = False
) -> None:
    """List the scenarios, with their topology, scope and level."""
    from harness.command.listing import scenarios
    from harness.command.selection import Selection

    raise typer.Exit(scenarios(Selection(tuple(wanted or ()), marker, keyword), out, as_json=as_json))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="LIV-4, liveness/frozen_server or connection-refused.", metavar="NAME")],
) -> None:
    """Explain a requirement, a scenario or an error code: what it means, what proves it, what breaks it."""
    from harness.command.explain import explain as command

    raise typer.Exit(command(name, out))


@app.command()
def verbs(as_json: AsJson = False) -> None:
    """Print the verbs of scenario files and the observations of `expect`."""
    from harness.command.listing import verbs as listing

    listing(out, as_json=as_json)


@app.command()
def schema(what: Annotated[Literal["scenario", "adapter", "report", "matrix", "repro"], typer.Argument()]) -> None:
    """Print a JSON Schema: of scenario files, the adapter protocol, a run's report, a matrix, what repro plays."""
    from harness.command.schema import schema_of

    sys.stdout.write(json.dumps(schema_of(what), indent=2) + "\n")


@app.command()
def coverage(
    page: Annotated[bool, typer.Option("--page", help="Print each statement of the SSH tunnelling page.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print every requirement and the scenarios that prove it, or what proves the SSH tunnelling page."""
    from harness.command.coverage import print_coverage, print_page

    told = print_page if page else print_coverage
    raise typer.Exit(told(out, as_json=as_json))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine can run, and what is missing."""
    from harness.command.doctor import examine

    raise typer.Exit(examine(out, as_json=as_json))
