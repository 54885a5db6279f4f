"""The commands below ``tunspec adapter``: their arguments and options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.app import adapters, out


@adapters.command()
def new(
    language: Annotated[str, typer.Argument(help="python, go, node or java.")],
    path: Annotated[Path, typer.Argument(help="A new or empty folder.")],
) -> None:
    """Write a working adapter around ssh, to start from."""
    from harness.command.adapters import new as command

    command.write(language, path)
    command.tell(language, path, out)


@adapters.command()
def check(adapter: Annotated[str, typer.Argument(help="The adapter, as for --impl.", metavar="ADAPTER")]) -> None:
    """Talk to an adapter without a server, print the conversation, and explain every breach of the protocol."""
    from harness.command.adapters import check as command

    sys.exit(command.check(adapter, out))


@adapters.command("install")
def install_adapters(
    names: Annotated[list[str], typer.Argument(help="Names that `tunspec adapter list` prints.", metavar="NAME...")],
) -> None:
    """Install adapters that come with tunspec, each with its library in an environment of its own."""
    from harness.command.adapters import shelf as command

    command.install(names, out)


@adapters.command("list")
def list_adapters() -> None:
    """List the adapters that come with tunspec: the library, its version, and whether it is installed."""
    from harness.command.adapters import shelf as command

    command.print_list(out)
