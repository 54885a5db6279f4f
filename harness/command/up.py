"""``tunspec up`` and ``tunspec down``: a topology for people, and a card that says how to use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import platformdirs
import pyotp
from rich.console import Console

from harness.errors import UsageError
from harness.verdict.lattice import Exit
from harness.world.docker import by_hand
from harness.world.docker.by_hand import BastionLogin, Behind, Running
from harness.world.topology import topologies


def up(name: str, console: Console) -> int:
    """Bring a topology up and print its card. Raises UsageError for an unknown name, FabricBroken."""
    known = topologies()
    if name not in known:
        raise UsageError(f"there is no topology {name!r}; there are {', '.join(known)}")
    with console.status(f"bringing up {name}"):
        running = by_hand.up(known[name], lambda line: console.print(line, style="dim", highlight=False))
    keys = _write_keys(running)
    console.print(f"{name}: {running.topology.about}\n", style="bold", highlight=False)
    for heading, value in _card(running, keys):
        console.print(f"{heading:<14}{value}", highlight=False, markup=False, soft_wrap=True)
    console.print("\n`tunspec down` removes all of it.", highlight=False)
    return Exit.CONFORMS


def down(console: Console) -> int:
    """Remove everything that is up by hand, and its keys. Raises FabricBroken."""
    removed = by_hand.down()
    shutil.rmtree(_folder(), ignore_errors=True)
    console.print(f"{removed} containers, networks and volumes removed", highlight=False)
    return Exit.CONFORMS


def _folder() -> Path:
    return platformdirs.user_state_path("tunspec") / "up"


def _write_keys(running: Running) -> dict[str, Path]:
    """Write each bastion's private key (mode 0600) and return where they are."""
    folder = _folder() / running.topology.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    keys = {}
    for server in (*running.route, *running.beside):
        if server.key:
            keys[server.name] = folder / f"{server.name}_key"
            keys[server.name].touch(mode=0o600)
            keys[server.name].write_text(server.key)
    return keys


def _card(running: Running, keys: dict[str, Path]) -> Iterator[tuple[str, str]]:
    *jumps, last = running.route
    for number, jump in enumerate(jumps, start=1):
        yield f"jump host {number}", f"{jump.user}@{jump.host}:{jump.port}, key file {keys[jump.name]}"
    yield from _login(last, keys)
    for server in running.beside:
        yield "", ""
        yield from _login(server, keys)
    yield "", ""
    for place in running.behind:
        if place.engine:
            yield (
                place.engine,
                f"{place.host}:{place.port}, user {place.user}, password {place.password}, database tunspec",
            )
        else:
            yield "echo target", f"{place.host}:{place.port}"
    for place in running.behind:
        if place.engine:
            yield "import URL", _url(running.topology.name, last, place)


def _login(server: BastionLogin, keys: dict[str, Path]) -> Iterator[tuple[str, str]]:
    yield "SSH host", server.host
    yield "SSH port", str(server.port)
    yield "SSH user", server.user
    yield "password", server.password
    if server.name in keys:
        yield "key file", str(keys[server.name])
    if server.totp:
        yield "TOTP secret", f"{server.totp} (SHA1, 6 digits, 30 s)"
        yield "code now", pyotp.TOTP(server.totp).now()


def _url(name: str, server: BastionLogin, database: Behind) -> str:
    login = f"{quote(server.user)}:{quote(server.password, safe='')}@{server.host}:{server.port}"
    inner = f"{quote(database.user)}:{quote(database.password, safe='')}@{database.host}:{database.port}/tunspec"
    return f"{database.engine}+ssh://{login}/{inner}?name={quote(name)}"
