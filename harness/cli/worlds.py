"""Commands that bring a world up for a person."""

from __future__ import annotations

from typing import Annotated

import typer

from harness import extras
from harness.cli.app import app, out


@app.command()
def up(
    topology: Annotated[str, typer.Argument(help="single_bastion, two_hop, pam_totp …", metavar="TOPOLOGY")],
) -> None:
    """Start a topology on docker, and print how to log in: host, port, user, keys, codes, an import URL."""
    extras.require("docker", "tunspec up")
    from harness.command.up import up as command

    raise typer.Exit(command(topology, out))


@app.command()
def down() -> None:
    """Remove everything that `tunspec up` started."""
    extras.require("docker", "tunspec down")
    from harness.command.up import down as command

    raise typer.Exit(command(out))
