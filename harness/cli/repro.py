"""``tunspec repro``: its arguments and options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.app import app, out
from harness.cli.options import Fabric, Impl


def _drop(about: str, metavar: str | None = None, *names: str) -> Any:  # noqa: ANN401 -- typer's own type is private
    """Return an option of ``tunspec repro`` that tells a part of the drop."""
    return typer.Option(*names, help=about, metavar=metavar, rich_help_panel="The drop, or changes to the named report")


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

    Exit: 0 it survived or recovered, 1 it broke a requirement, 3 there is no answer.
    """
    from harness.command import repro as command

    if show_list:
        raise typer.Exit(command.list_reports(out))
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
        command.repro(report, flags, output, implementation=impl, fabric=fabric, factor=factor, console=out)
    )
