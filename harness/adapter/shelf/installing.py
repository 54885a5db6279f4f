"""Installs an adapter that ships into the user's cache, and finds it there."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock
from platformdirs import user_cache_path

from harness.adapter.shelf.catalogue import ShippedAdapter, entries
from harness.adapter.shelf.toolchains import TOOLCHAINS
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

State = Literal["installed", "outdated", "not installed"]
_STAMP = "installed-from"
_SECONDS = 1800
"""How long one command of a package client may take: Rust is compiled from source."""


def home(name: str) -> Path:
    """Return the folder that the adapter ``name`` is installed in."""
    return user_cache_path("tunspec") / "adapters" / name


def state(entry: ShippedAdapter) -> State:
    """Tell whether an adapter can be started; one whose source has changed since it was installed is outdated."""
    if entry.toolchain == "machine":
        return "installed" if shutil.which(entry.program or "") else "not installed"
    stamp = home(entry.name) / _STAMP
    if not stamp.exists():
        return "not installed"
    return "installed" if stamp.read_text(encoding="utf-8") == _fingerprint(entry) else "outdated"


def argv(entry: ShippedAdapter) -> tuple[str, ...]:
    """Return what starts an installed adapter. Raises UsageError where it is not, or no more, as it ships."""
    if (found := state(entry)) != "installed":
        what = "changed since it was installed" if found == "outdated" else "is not installed yet"
        raise UsageError(f"the adapter {entry.name} {what}; run: tunspec adapter install {entry.name}")
    toolchain = TOOLCHAINS[entry.toolchain]
    if tool := toolchain.missing():
        raise UsageError(f"the adapter {entry.name} needs {tool}, which is not found; {toolchain.advice}")
    return toolchain.argv(home(entry.name))


def find(name: str) -> ShippedAdapter:
    """Return the adapter called ``name``. Raises UsageError when none is."""
    known = entries()
    if name not in known:
        raise UsageError(f"no adapter called {name!r} comes with tunspec; it has {', '.join(known)}")
    return known[name]


def install(entry: ShippedAdapter, tell: Callable[[str], None]) -> None:
    """Build an adapter in its folder, which is emptied before; ``tell`` is told each command. Raises UsageError."""
    if entry.toolchain == "machine":
        if state(entry) != "installed":
            raise UsageError(
                f"{entry.name} drives {entry.program}, which is not found; Debian: apt install {entry.package}"
            )
        tell(f"{entry.name} drives {shutil.which(entry.program or '')}, which is installed: there is nothing to do")
        return
    toolchain = TOOLCHAINS[entry.toolchain]
    if tool := toolchain.missing():
        raise UsageError(f"{entry.name} is built with {tool}, which is not found; {toolchain.advice}")
    folder = home(entry.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in entry.sources().items():
            place = folder / ("src" if name.endswith(".rs") else "") / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
        for command in toolchain.builds(folder):
            tell("$ " + " ".join(command))
            _build(entry, command, folder, toolchain.advice)
        (folder / _STAMP).write_text(_fingerprint(entry), encoding="utf-8")


def _build(entry: ShippedAdapter, command: list[str], folder: Path, advice: str) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{entry.name}: {command[0]} did not end within {_SECONDS} s; try again") from error
    if done.returncode:
        raise UsageError(f"{entry.name} could not be built ({advice}); {command[0]} said:\n{done.stdout.rstrip()}")


def _fingerprint(entry: ShippedAdapter) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(entry.sources().items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
