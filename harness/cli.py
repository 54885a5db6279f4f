"""The ``tunspec`` command: a thin front on the pytest plugin, and what people look things up with."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console

from harness import defects
from harness.command.terminal import console
from harness.errors import HarnessBroken, UsageError
from harness.text.harmless import harmless
from harness.verdict.lattice import Exit

app = typer.Typer(
    name="tunspec",
    help="The conformance suite for SSH tunnels: real bastions, deliberate breaks, verdicts with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_out = console()
_err = Console(stderr=True)

adapters = typer.Typer(
    help="Write an adapter for a tunnel, and check that it keeps to the protocol.", no_args_is_help=True
)
app.add_typer(adapters, name="adapter")

_IMPL = "reference, a name that `tunspec adapter list` prints, a path to an adapter, or image:NAME."
_SCOPE = (
    "What is judged: core, resilience or page, several separated by commas, or full. By default full for the "
    "reference, and core,resilience for every other implementation."
)
Impl = Annotated[str, typer.Option("--impl", help=_IMPL, metavar="NAME")]
Fabric = Annotated[Literal["embedded", "docker"], typer.Option("--fabric", help="What the scenarios run on.")]
Marker = Annotated[
    str | None, typer.Option("-m", "--marker", help='Select by marker: -m "two_hop and must".', metavar="EXPRESSION")
]
Keyword = Annotated[str | None, typer.Option("-k", "--keyword", help="Select by name: -k totp.", metavar="EXPRESSION")]
Workers = Annotated[str, typer.Option("-n", "--workers", help="Processes; 0 runs in this one.", metavar="NUMBER|auto")]
Terms = Annotated[
    Path | None,
    typer.Option("--terms", help="What to read in place of tunspec.toml in this folder.", metavar="FILE"),
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


def _drop(about: str, metavar: str | None = None, *names: str) -> Any:  # noqa: ANN401 -- typer's own type is private
    """Return an option of ``tunspec repro`` that tells a part of the drop."""
    return typer.Option(*names, help=about, metavar=metavar, rich_help_panel="The drop, or changes to the named report")


@adapters.command()
def new(
    language: Annotated[str, typer.Argument(help="python, go, node or java.")],
    path: Annotated[Path, typer.Argument(help="A new or empty folder.")],
) -> None:
    """Write a working adapter around ssh, to start from."""
    from harness.command.adapters import new as command

    command.write(language, path)
    command.tell(language, path, _out)


@adapters.command()
def check(adapter: Annotated[str, typer.Argument(help="The adapter, as for --impl.", metavar="ADAPTER")]) -> None:
    """Talk to an adapter without a server, print the conversation, and explain every breach of the protocol."""
    from harness.command.adapters import check as command

    sys.exit(command.check(adapter, _out))


@adapters.command("install")
def install_adapters(
    names: Annotated[list[str], typer.Argument(help="Names that `tunspec adapter list` prints.", metavar="NAME...")],
) -> None:
    """Install adapters that ship, each with its library in an environment of its own."""
    from harness.command.adapters import shelf as command

    command.install(names, _out)


@adapters.command("list")
def list_adapters() -> None:
    """List the adapters that ship: the library, its version, and whether it is installed."""
    from harness.command.adapters import shelf as command

    command.print_list(_out)


@app.command()
def run(
    wanted: Wanted = None,
    impl: Annotated[str | None, typer.Option("--impl", help=_IMPL, metavar="NAME")] = None,
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
    level: Annotated[
        Literal["must", "should", "may"] | None, typer.Option("--level", help="Only requirements of this level.")
    ] = None,
    scope: Annotated[
        str | None,
        typer.Option(help=_SCOPE, metavar="SCOPES"),
    ] = None,
    workers: Workers = "auto",
    stop: Annotated[bool, typer.Option("-x", "--stop", help="Stop at the first scenario that does not pass.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Keep going even if the adapter dies in the same way again and again.")
    ] = False,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Use the times of the SSH tunnelling page (60 s × 3), not scaled ones.")
    ] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Print a line for what passed, too.")] = False,
    hold: Annotated[
        bool,
        typer.Option("--hold", help="Keep the world of a failed scenario up, with a card, until Enter is pressed."),
    ] = False,
    last_failed: Annotated[
        bool, typer.Option("--last-failed", help="Only what did not pass in the last run from this folder.")
    ] = False,
    repeat: Annotated[int, typer.Option(help="Judge each scenario N times.", metavar="N", min=1)] = 1,
    until_failure: Annotated[
        bool, typer.Option("--until-failure", help="Judge all again until something fails; at most --repeat times.")
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Judge what failed again, alone, and tell both verdicts; the worse counts."),
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
    """Judge an implementation: run scenarios, tell what failed and why, exit with the cause; 130 after Ctrl-C.

    What no flag says is read from tunspec.toml in this folder, where there is one.
    """
    from harness.command import run as command
    from harness.command.selection import Selection
    from harness.gate.terms import find

    said = find(terms)
    places = tuple(wanted or said.selected)
    raise typer.Exit(
        command.run(
            Selection(places, marker or said.marker, keyword or said.keyword, level),
            command.Outputs(report, junit, allure, all_timelines),
            command.Judged(
                impl or said.judged, fabric or said.fabric, sshd or said.sshd, scope or said.scope, realtime=realtime
            ),
            command.Manner(
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
    impl: Annotated[str | None, typer.Option("--impl", help=_IMPL, metavar="NAME")] = None,
    fabric: Annotated[
        Literal["embedded", "docker"] | None, typer.Option("--fabric", help="What the scenarios run on.")
    ] = None,
    scope: Annotated[str | None, typer.Option(help=_SCOPE, metavar="SCOPES")] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            help="What closes the gate: must, should, may, unsupported, several separated by commas.", metavar="LEVELS"
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="What passed when somebody last looked.", metavar="FILE")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Write the baseline anew from this run.")
    ] = False,
    workers: Workers = "auto",
    judged: Annotated[
        Path | None,
        typer.Option("--from", help="Run nothing: judge what this JSON report tells.", metavar="REPORT"),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write the JSON report here.", metavar="FILE")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.", metavar="FILE")] = None,
    allure: Annotated[Path | None, typer.Option(help="Write Allure results here.", metavar="FOLDER")] = None,
    summary: Annotated[Path | None, typer.Option(help="Add a summary in Markdown here.", metavar="FILE")] = None,
) -> None:
    """Judge an implementation in its own CI: known failures are waived, and lost coverage is told.

    Exit: 0 open, 1 closed, 2 a mistake in a file or on the command line, 3 inconclusive, 4 something broke, 5 nothing
    was run, 6 coverage was lost.
    """
    from harness.command import gate as command
    from harness.command.run import Outputs
    from harness.gate.terms import causes, find

    given = {
        "implementation": impl,
        "fabric": fabric,
        "scope": scope,
        "select": tuple(wanted) if wanted else None,
        "fail_on": causes(fail_on) if fail_on else None,
        "baseline": baseline.absolute() if baseline else None,
    }
    outputs = command.Outputs(Outputs(report, junit, allure), summary, write_baseline)
    raise typer.Exit(command.gate(find(terms).overridden(given), outputs, _out, judged=judged, workers=workers))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A JSON report.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="A later one.", metavar="NEW")],
    style: Annotated[Literal["text", "markdown", "json"], typer.Option("--format", help="How it is told.")] = "text",
) -> None:
    """Tell how two runs differ: new failures, fixed, still failing, lost coverage, slower.

    Exit: 0 nothing got worse, 1 new failures, 6 lost coverage.
    """
    from harness.command.reports.diff import diff as command

    raise typer.Exit(command(old, new, style, _out))


@app.command()
def merge(
    reports: Annotated[list[Path], typer.Argument(help="The JSON reports of all shards of one run.", metavar="REPORT")],
    into: Annotated[Path, typer.Option(help="Write the report of the whole run here.", metavar="FILE")],
) -> None:
    """Join the reports of shards, and exit as one run would; 4 where a shard is missing, cut off, or of another run."""
    from harness.command.reports.merge import merge_reports

    raise typer.Exit(merge_reports(reports, into, _out))


@app.command()
def matrix(
    implementations: Annotated[list[str], typer.Argument(help="As for --impl.", metavar="IMPL...")],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A scenario id, area, file or folder; all by default.")
    ] = None,
    fabric: Annotated[
        list[str] | None, typer.Option(help="embedded or docker, or both by saying it twice.", metavar="FABRIC")
    ] = None,
    marker: Marker = None,
    keyword: Keyword = None,
    scope: Annotated[
        str | None, typer.Option(help="What is judged, as for run; core,resilience by default.", metavar="SCOPES")
    ] = None,
    workers: Annotated[str, typer.Option("-n", "--workers", help="Processes for each run.")] = "auto",
    fresh: Annotated[bool, typer.Option("--fresh", help="Run again what has a report.")] = False,
    output: Annotated[Path, typer.Option(help="Where everything is written.", metavar="FOLDER")] = Path(
        "tunspec-matrix"
    ),
) -> None:
    """Judge several implementations, one after the other, and show them side by side.

    Call it again to go on where it was cut off: a run that came to its end is kept. Exit: 0 all is done, 4 something
    broke.
    """
    from harness.command import matrix as command
    from harness.command.selection import Selection

    wanted = command.runs(implementations, tuple(fabric or ("embedded",)), scope, output)
    selection = Selection(tuple(only or ()), marker, keyword)
    raise typer.Exit(command.matrix(wanted, selection, output, _out, workers=workers, fresh=fresh))


@app.command()
def report(
    files: Annotated[
        list[Path], typer.Argument(help="JSON reports of runs, or the matrix.json of a matrix.", metavar="FILE...")
    ],
    output: Annotated[Path, typer.Option(help="Write the page here.", metavar="FILE")] = Path("tunspec-report.html"),
) -> None:
    """Make a page of one run, or of several side by side."""
    from harness.command.reports.report import write_page

    write_page(files, output, _out)


@app.command("list")
def list_scenarios(
    wanted: Wanted = None, marker: Marker = None, keyword: Keyword = None, as_json: AsJson = False
) -> None:
    """List the scenarios, with their topology, scope and level."""
    from harness.command.listing import scenarios
    from harness.command.selection import Selection

    raise typer.Exit(scenarios(Selection(tuple(wanted or ()), marker, keyword), _out, as_json=as_json))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="LIV-4, liveness/frozen_server or connection-refused.", metavar="NAME")],
) -> None:
    """Explain a requirement, a scenario or an error code: what it means, what proves it, what breaks it."""
    from harness.command.explain import explain as command

    raise typer.Exit(command(name, _out))


@app.command()
def verbs(as_json: AsJson = False) -> None:
    """Print the verbs of scenario files and the observations of `expect`."""
    from harness.command.listing import verbs as listing

    listing(_out, as_json=as_json)


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
    raise typer.Exit(told(_out, as_json=as_json))


@app.command()
def up(
    topology: Annotated[str, typer.Argument(help="single_bastion, two_hop, pam_totp …", metavar="TOPOLOGY")],
) -> None:
    """Bring a topology up on docker and print a card: where, who, keys, codes, an import URL."""
    from harness.command.up import up as command

    raise typer.Exit(command(topology, _out))


@app.command()
def down() -> None:
    """Remove everything that `tunspec up` brought up."""
    from harness.command.up import down as command

    raise typer.Exit(command(_out))


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine can run, and what is missing."""
    from harness.command.doctor import examine

    raise typer.Exit(examine(_out, as_json=as_json))


@app.command()
def repro(
    report: Annotated[
        str | None, typer.Argument(help="A report file, or the name of one that comes with tunspec.")
    ] = None,
    impl: Impl = "reference",
    fabric: Fabric = "embedded",
    idle: Annotated[str | None, _drop("How long the tunnel was idle before: 10min.", "TIME")] = None,
    busy: Annotated[str | None, _drop("How long it was in use before: 20s.", "TIME")] = None,
    keepalive: Annotated[str | None, _drop("The tunnel's keep-alive interval: 60s, or 0 for none.", "TIME")] = None,
    count: Annotated[int | None, _drop("Unanswered keep-alives after which a server counts as dead.", "N")] = None,
    attempts: Annotated[int | None, _drop("Attempts to reconnect; 0 for none.", "N")] = None,
    hops: Annotated[int | None, _drop("2 for a jump host before the server.", "N")] = None,
    hop: Annotated[str | None, _drop("Where it happens: 1, 2 or database.", "HOP")] = None,
    login: Annotated[str | None, _drop("key, password, password+code or agent.", "HOW")] = None,
    tunnels: Annotated[int | None, _drop("This many tunnels are open at once.", "N")] = None,
    connect_timeout: Annotated[str | None, _drop("The limit for logging in: 10s.", "TIME")] = None,
    nat_timeout: Annotated[
        str | None, _drop("A NAT gateway forgets connections that are idle this long: 350s.", "TIME")
    ] = None,
    load_balancer: Annotated[str | None, _drop("A load balancer ends connections after this long: 1h.", "TIME")] = None,
    wifi_change: Annotated[bool, _drop("The client changes to another network.", None, "--wifi-change")] = False,
    sleep: Annotated[str | None, _drop("The laptop sleeps this long: 10min.", "TIME")] = None,
    restart: Annotated[str | None, _drop("The server is restarted, and stays down this long: 30s.", "TIME")] = None,
    flapping: Annotated[int | None, _drop("The server goes down and comes back this many times.", "TIMES")] = None,
    frozen: Annotated[str | None, _drop("The server hangs this long: 10min, or 'for ever'.", "TIME")] = None,
    silence: Annotated[str | None, _drop("Nothing passes for this long: 10min, or 'for ever'.", "TIME")] = None,
    reset: Annotated[bool, _drop("The connection is reset.", None, "--reset")] = False,
    key_removed: Annotated[bool, _drop("The server no longer accepts the key.", None, "--key-removed")] = False,
    slow_line: Annotated[str | None, _drop("An answer takes this long: 350ms.", "TIME")] = None,
    packet_loss: Annotated[str | None, _drop("A share of packets is lost: 5%.", "SHARE")] = None,
    slow_server: Annotated[str | None, _drop("The server's first line takes this long: 8s.", "TIME")] = None,
    banner: Annotated[
        str | None, _drop("The server shows this before the login, and waits for the user.", "TEXT")
    ] = None,
    other_tunnel_ends: Annotated[bool, _drop("Another tunnel is closed.", None, "--other-tunnel-ends")] = False,
    server: Annotated[list[str] | None, _drop("An sshd_config keyword: ClientAliveInterval=30.", "KEY=VALUE")] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="Play the times as they are, not scaled.")] = False,
    scale: Annotated[float | None, typer.Option(help="Play one second for every N.", min=1, metavar="N")] = None,
    picture: Annotated[Path | None, typer.Option(help="Write the timeline picture here.", metavar="FILE")] = None,
    as_scenario: Annotated[
        Path | None, typer.Option("--as-scenario", help="Write what was played as a scenario here.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the reports that come with tunspec.")] = False,
) -> None:
    """Play a drop as a user reports it: does it drop, is it noticed, does it recover, what does it break?

    Exit: 0 it survived or recovered, 1 it broke a requirement, 3 nothing was found out.
    """
    from harness.command import repro as command

    if show_list:
        raise typer.Exit(command.list_reports(_out))
    flags = command.flags_of(
        tunnel={
            "keepalive": {"interval": keepalive, "count": count},
            "reconnect": {"attempts": attempts},
            "timeouts": {"connect": connect_timeout},
            "hops": hops,
            "login": login,
            "tunnels": tunnels,
        },
        network={
            "nat_timeout": nat_timeout,
            "load_balancer": load_balancer,
            "wifi_change": wifi_change,
            "sleep": sleep,
            "restart": restart,
            "flapping": flapping,
            "frozen": frozen,
            "silence": silence,
            "reset": reset,
            "key_removed": key_removed,
            "slow_line": slow_line,
            "packet_loss": packet_loss,
            "slow_server": slow_server,
            "banner": banner,
            "other_tunnel_ends": other_tunnel_ends,
        },
        server=tuple(server or ()),
        others={"idle": idle, "busy": busy, "hop": int(hop) if hop and hop.isdecimal() else hop},
    )
    factor = 1.0 if realtime else scale
    output = command.Output(picture, as_json, as_scenario)
    raise typer.Exit(
        command.repro(report, flags, output, implementation=impl, fabric=fabric, factor=factor, console=_out)
    )


@app.command()
def selftest(
    tunnels: Annotated[
        list[str] | None, typer.Argument(help="Faulty tunnels; all by default.", metavar="FAULTY")
    ] = None,
    fabric: Fabric = "embedded",
    show_list: Annotated[
        bool, typer.Option("--list", help="Only list the faulty tunnels, and who rejects them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the kill matrix: every faulty tunnel against the scenario that must reject it."""
    from harness.command.selftest import list_tunnels, print_matrix

    names = tuple(tunnels or ())
    if show_list:
        raise typer.Exit(list_tunnels(names, _out, as_json=as_json))
    raise typer.Exit(print_matrix(names, fabric, _out, as_json=as_json))


def _end(error: Exception, status: Exit, words: str = "") -> NoReturn:
    _err.print(f"tunspec: {harmless(words or str(error))}", style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)


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


def main() -> None:
    """Run the command; an error is a message and an exit status, never a traceback."""
    try:
        app()
    except UsageError as error:
        _end(error, Exit.USAGE)
    except HarnessBroken as error:
        _end(error, Exit.BROKEN)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads; nothing is to be flushed
        sys.exit(Exit.CONFORMS)
    except Exception as error:  # noqa: BLE001 -- nobody foresaw it
        _end(error, Exit.BROKEN, defects.tell(error))
