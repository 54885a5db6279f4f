"""Commands that judge implementations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from harness.cli.app import app, out
from harness.cli.options import IMPL, SCOPE, AsJson, Fabric, Keyword, Level, Marker, Terms, Wanted, Workers
from harness.errors import UsageError


@app.command()
def run(
    wanted: Wanted = None,
    impl: Annotated[str | None, typer.Option("--impl", help=IMPL, metavar="NAME")] = None,
    fabric: Annotated[
        Literal["embedded", "docker"] | None,
        typer.Option("--fabric", help="What the scenarios run on; embedded by default."),
    ] = None,
    sshd: Annotated[
        Literal["8.4", "9.2", "10"] | None,
        typer.Option(help="OpenSSH's release on the bastions of the docker fabric; 9.2 by default."),
    ] = None,
    marker: Marker = None,
    keyword: Keyword = None,
    level: Level = None,
    scope: Annotated[
        str | None,
        typer.Option(help=SCOPE, metavar="SCOPES"),
    ] = None,
    workers: Workers = "auto",
    stop: Annotated[bool, typer.Option("-x", "--stop", help="Stop at the first scenario that does not pass.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep going even if the adapter dies in the same way again and again.")
    ] = False,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Use the times of the SSH tunnelling page (60 s × 3), not scaled ones.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Also print a line for each scenario that passed.")
    ] = False,
    hold: Annotated[
        bool,
        typer.Option(
            "--hold",
            help="Keep the world of a failed scenario running, and say how to connect, until Enter is pressed.",
        ),
    ] = False,
    last_failed: Annotated[
        bool, typer.Option("--last-failed", help="Run only what did not pass in the last run from this folder.")
    ] = False,
    repeat: Annotated[int, typer.Option(help="Judge each scenario N times.", metavar="N", min=1)] = 1,
    until_failure: Annotated[
        bool, typer.Option("--until-failure", help="Judge all again until something fails; at most --repeat times.")
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="Judge each failure again, alone, and report both verdicts; the worse one counts."
        ),
    ] = False,
    terms: Terms = None,
    shard: Annotated[
        str | None, typer.Option(help="Judge only part K of N; `tunspec merge` joins the reports.", metavar="K/N")
    ] = None,
    durations: Annotated[
        Path | None, typer.Option(help="An earlier report that says how long scenarios take.", metavar="FILE")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here.", metavar="FILE")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.", metavar="FILE")] = None,
    allure: Annotated[Path | None, typer.Option(help="Write Allure results here.", metavar="FOLDER")] = None,
    all_timelines: Annotated[
        bool, typer.Option("--all-timelines", help="Draw the timeline of every scenario beside the JSON report.")
    ] = False,
) -> None:
    """Judge an implementation: run scenarios, and say what failed and why.

    The exit status is the cause, and 130 after Ctrl-C. Options that are not given are read from tunspec.toml in this
    folder, if it exists.
    """
    from harness.command import run as command
    from harness.command.selection import Selection
    from harness.gate.terms import find

    said = find(terms)
    places = tuple(wanted or said.selected)
    raise typer.Exit(
        command.run(
            Selection(places, marker or said.marker, keyword or said.keyword, level or said.level),
            command.Outputs(report, junit, allure, all_timelines),
            command.RunSubject(
                impl or said.judged, fabric or said.fabric, sshd or said.sshd, scope or said.scope, realtime=realtime
            ),
            command.RunOptions(
                workers,
                stop=stop,
                keep_going=keep_going,
                verbose=verbose,
                hold=hold,
                repeating=command.Repeating(repeat, until_failure, confirm, last_failed),
            ),
            division=command.Division(shard, durations),
        )
    )


@app.command()
def gate(
    wanted: Wanted = None,
    terms: Terms = None,
    impl: Annotated[str | None, typer.Option("--impl", help=IMPL, metavar="NAME")] = None,
    fabric: Annotated[
        Literal["embedded", "docker"] | None, typer.Option("--fabric", help="What the scenarios run on.")
    ] = None,
    level: Level = None,
    scope: Annotated[str | None, typer.Option(help=SCOPE, metavar="SCOPES")] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            help="What closes the gate: must, should, may or unsupported, separated by commas.", metavar="LEVELS"
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="The baseline: what passed when it was written.", metavar="FILE")
    ] = None,
    write_baseline: Annotated[bool, typer.Option("--write-baseline", help="Write the baseline from this run.")] = False,
    workers: Workers = "auto",
    judged: Annotated[
        Path | None,
        typer.Option("--from", help="Run nothing, and judge this JSON report.", metavar="REPORT"),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here.", metavar="FILE")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.", metavar="FILE")] = None,
    allure: Annotated[Path | None, typer.Option(help="Write Allure results here.", metavar="FOLDER")] = None,
    summary: Annotated[Path | None, typer.Option(help="Add a summary in Markdown here.", metavar="FILE")] = None,
) -> None:
    """Judge an implementation in its own CI: known failures are waived, and lost coverage is reported.

    Exit: 0 open, 1 closed, 2 a mistake in a file or on the command line, 3 inconclusive, 4 something broke, 5 nothing
    was run, 6 coverage was lost.
    """
    from harness.command import gate as command
    from harness.command.run import Outputs
    from harness.gate.terms import causes, find

    if judged is not None and level is not None:
        raise UsageError("--from runs nothing, so --level selects nothing; --fail-on says which failures count")
    given = {
        "implementation": impl,
        "fabric": fabric,
        "scope": scope,
        "level": level,
        "select": tuple(wanted) if wanted else None,
        "fail_on": causes(fail_on) if fail_on else None,
        "baseline": baseline.absolute() if baseline else None,
    }
    outputs = command.GateOutputs(Outputs(report, junit, allure), summary, write_baseline)
    raise typer.Exit(command.gate(find(terms).overridden(given), outputs, out, judged=judged, workers=workers))


@app.command()
def matrix(
    implementations: Annotated[list[str], typer.Argument(help="As for --impl.", metavar="IMPL...")],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A scenario id, area, file or folder; all by default.")
    ] = None,
    fabric: Annotated[
        list[str] | None, typer.Option(help="embedded or docker; give it twice for both.", metavar="FABRIC")
    ] = None,
    marker: Marker = None,
    keyword: Keyword = None,
    scope: Annotated[
        str | None, typer.Option(help="What is judged, as for run; core,resilience by default.", metavar="SCOPES")
    ] = None,
    workers: Annotated[str, typer.Option("-n", "--workers", help="Processes for each run.")] = "auto",
    fresh: Annotated[bool, typer.Option("--fresh", help="Repeat runs that have a report.")] = False,
    output: Annotated[Path, typer.Option(help="Where everything is written.", metavar="FOLDER")] = Path(
        "tunspec-matrix"
    ),
) -> None:
    """Judge several implementations, one after the other, and show them side by side.

    Call it again after an interruption: runs that finished are kept. Exit: 0 all is done, 4 something
    broke.
    """
    from harness.command import matrix as command
    from harness.command.selection import Selection

    wanted = command.runs(implementations, tuple(fabric or ("embedded",)), scope, output)
    selection = Selection(tuple(only or ()), marker, keyword)
    raise typer.Exit(command.matrix(wanted, selection, output, out, workers=workers, fresh=fresh))


@app.command()
def selftest(
    tunnels: Annotated[
        list[str] | None, typer.Argument(help="Faulty tunnels; all by default.", metavar="FAULTY")
    ] = None,
    fabric: Fabric = "embedded",
    show_list: Annotated[
        bool, typer.Option("--list", help="Only list the faulty tunnels, and the scenarios that reject them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the kill matrix: every faulty tunnel against the scenario that must reject it."""
    from harness.command.selftest import list_tunnels, print_matrix

    names = tuple(tunnels or ())
    if show_list:
        raise typer.Exit(list_tunnels(names, out, as_json=as_json))
    raise typer.Exit(print_matrix(names, fabric, out, as_json=as_json))
