"""The ``tunspec`` command: a thin front on the pytest plugin, and what people look things up with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.console import Console

from harness.errors import HarnessBroken, TunspecError, UsageError
from harness.verdict.lattice import Exit

app = typer.Typer(
    name="tunspec",
    help="The conformance suite for SSH tunnels: real bastions, deliberate breaks, verdicts with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_out = Console()
_err = Console(stderr=True)

Impl = Annotated[
    str,
    typer.Option("--impl", help="reference, openssh, a path to an adapter, or image:NAME.", metavar="NAME"),
]
Fabric = Annotated[Literal["embedded", "docker"], typer.Option("--fabric", help="What the scenarios run on.")]
Marker = Annotated[str | None, typer.Option("-m", "--marker", help='Select by marker: -m "two_hop and must".')]
Keyword = Annotated[str | None, typer.Option("-k", "--keyword", help="Select by name: -k totp.")]
Wanted = Annotated[
    list[str] | None,
    typer.Argument(help="Scenario ids (data/echo), areas, files or folders; all by default."),
]


@app.command()
def run(
    wanted: Wanted = None,
    impl: Impl = "reference",
    fabric: Fabric = "embedded",
    marker: Marker = None,
    keyword: Keyword = None,
    workers: Annotated[str, typer.Option("-n", "--workers", help="Processes; 0 runs in this one.")] = "auto",
    stop: Annotated[bool, typer.Option("-x", "--stop", help="Stop at the first scenario that is not a pass.")] = False,
    realtime: Annotated[bool, typer.Option("--realtime", help="The page's own times: 60 s × 3, not scaled.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here.", metavar="FILE")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.", metavar="FILE")] = None,
    allure: Annotated[Path | None, typer.Option(help="Write Allure results here.", metavar="FOLDER")] = None,
) -> None:
    """Judge an implementation: run scenarios, print a verdict for each, exit with the cause; 130 after Ctrl-C."""
    from harness.command import run as command
    from harness.command.selection import Selection

    selection = Selection(tuple(wanted or ()), marker, keyword)
    outputs = command.Outputs(report, junit, allure)
    status = command.run(
        selection, outputs, implementation=impl, fabric=fabric, workers=workers, stop=stop, realtime=realtime
    )
    raise typer.Exit(status)


@app.command("list")
def list_scenarios(wanted: Wanted = None, marker: Marker = None, keyword: Keyword = None) -> None:
    """List the scenarios, with their topology and level."""
    from harness.command.listing import scenarios

    raise typer.Exit(scenarios(tuple(wanted or ()), marker, keyword, _out))


@app.command()
def verbs() -> None:
    """Print the verbs of scenario files and the observations of `expect`."""
    from harness.command.listing import verbs as listing

    listing(_out)


@app.command()
def schema(what: Annotated[Literal["scenario", "adapter", "report"], typer.Argument()]) -> None:
    """Print a JSON Schema: of scenario files, of the adapter protocol, of a report's lines."""
    from harness.command.schema import schema_of

    sys.stdout.write(json.dumps(schema_of(what), indent=2) + "\n")


@app.command()
def coverage() -> None:
    """Print every requirement and the scenarios that prove it."""
    from harness.command.coverage import print_coverage

    raise typer.Exit(print_coverage(_out))


@app.command()
def up(topology: Annotated[str, typer.Argument(help="single_bastion, two_hop, pam_totp, ...")]) -> None:
    """Bring a topology up on docker and print a card: where, who, keys, codes, an import URL."""
    from harness.command.up import up as command

    raise typer.Exit(command(topology, _out))


@app.command()
def down() -> None:
    """Remove everything that `tunspec up` brought up."""
    from harness.command.up import down as command

    raise typer.Exit(command(_out))


@app.command()
def doctor() -> None:
    """Tell what this machine can run, and what is missing."""
    from harness.command.doctor import examine

    raise typer.Exit(examine(_out))


@app.command()
def selftest(
    tunnels: Annotated[list[str] | None, typer.Argument(help="Faulty tunnels; all by default.")] = None,
    fabric: Fabric = "embedded",
) -> None:
    """Print the kill matrix: every faulty tunnel against the scenario that must reject it."""
    from harness.command.selftest import print_matrix

    raise typer.Exit(print_matrix(tuple(tunnels or ()), fabric, _out))


def _end(error: TunspecError, status: Exit) -> NoReturn:
    _err.print(f"tunspec: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)


def main() -> None:
    """Run the command; an error is a message and an exit status, never a traceback."""
    try:
        app()
    except UsageError as error:
        _end(error, Exit.USAGE)
    except HarnessBroken as error:
        _end(error, Exit.BROKEN)
