"""The command, its groups, and where it prints."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from harness.command.terminal import console

app = typer.Typer(
    name="tunspec",
    help="The conformance suite for SSH tunnels: real bastions, deliberate breaks, verdicts with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
out = console()
err = Console(stderr=True)

adapters = typer.Typer(
    help="Install an adapter for a library, or write one and check that it keeps to the protocol.", no_args_is_help=True
)
app.add_typer(adapters, name="adapter")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"tunspec {version('tunspec')}\n")
        raise typer.Exit


@app.callback()
def options(
    _version_asked: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Judge SSH tunnels by real bastions and deliberate breaks, with evidence."""
