"""From what a person types after ``--impl`` to what the driver starts."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness import extras, resources
from harness.adapter.processes import afresh
from harness.adapter.shelf import catalogue, installing
from harness.errors import UsageError
from harness.run import ENVIRONMENT, labels
from harness.text.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = Path(__file__).resolve().parents[2]
_MODULES = {
    "reference": "tunnel_impl.adapter",
    "openssh": "harness.adapters.openssh",
    "dropbear": "harness.adapters.dropbear",
    "autossh": "harness.adapters.autossh",
}
_IMAGE = "image:"
_FAULTY = "faulty:"
_ENGINE_SECONDS = 20


@dataclass(frozen=True)
class Command:
    """What is really started; ``environment`` is added to what is inherited, ``container`` removed after."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    container: str | None = None


@dataclass(frozen=True)
class Launch:
    """How to start one adapter; ``name`` is what the user typed, ``environment`` is added to every start."""

    name: str
    argv: tuple[str, ...]
    kind: Literal["module", "program", "image"]
    environment: Mapping[str, str] = field(default_factory=dict)
    inside: tuple[str, ...] = ()

    def within(self, prefix: tuple[str, ...]) -> Launch:
        """Return the same adapter, started by a command that ends in running its arguments (``unshare --``)."""
        return replace(self, inside=(*self.inside, *prefix))

    def command(self, folder: Path, environment: Mapping[str, str]) -> Command:
        """Return the command for a start in ``folder``; an image sees that folder, and HOME, at the same paths.

        ``environment`` carries the run's mark, from which a container gets its labels.
        """
        whole = {**self.environment, **environment}
        if self.kind != "image":
            return Command((*afresh.COMMAND, *self.inside, *_as_an_ordinary_reader(), *self.argv), whole)
        container = f"tunspec-adapter-{secrets.token_hex(6)}"
        return Command((*_docker_run(container, folder, whole), *self.argv), whole, container)


def reads_every_file() -> str | None:
    """Return why an adapter would read a file that nobody may read, or None where it would not."""
    if os.geteuid() == 0 and not _as_an_ordinary_reader():
        return "needs setpriv, without which root reads every file; install util-linux"
    return None


@cache
def _as_an_ordinary_reader() -> tuple[str, ...]:
    """Return the prefix that takes from root the right to read every file (capabilities(7)), empty for others.

    Without it a key file that may not be read would be read.
    """
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        return ()
    return (setpriv, "--bounding-set", "-dac_override,-dac_read_search", "--")


def _docker_run(container: str, folder: Path, environment: Mapping[str, str]) -> tuple[str, ...]:
    owner, _, run = environment.get(ENVIRONMENT, "").partition(":")
    marks = labels(run, owner) if run else {}
    home = environment.get("HOME")
    seen = {str(folder): str(folder)} | ({str(Path(home).resolve()): home} if home else {})
    return (
        *("docker", "run", "--interactive", "--rm", "--init", "--pull", "never", "--name", container),
        *("--network", "host", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--user", f"{os.getuid()}:{os.getgid()}", "--workdir", str(folder)),
        *(word for here, there in seen.items() for word in ("--mount", f"type=bind,source={here},target={there}")),
        *(word for name in sorted(environment) for word in ("--env", name)),
        *(word for name, value in marks.items() for word in ("--label", f"{name}={value}")),
    )


def names() -> tuple[str, ...]:
    """Return the adapters that ship with the suite."""
    return (*_MODULES, *(name for name in catalogue.entries() if name not in _MODULES))


def resolve(name: str) -> Launch:
    """Find the adapter called ``name``: one of ours, the path of an executable, ``image:NAME`` or ``faulty:NAME``.

    Raises UsageError, saying what to do, when there is no such adapter or it cannot be run.
    """
    if name in _MODULES:
        argv = (sys.executable, "-P", "-m", _MODULES[name])
        return Launch(name, argv, "module", {"PYTHONPATH": str(_SOURCE)})
    if name in catalogue.entries():
        return Launch(name, installing.argv(catalogue.entries()[name]), "program")
    if name.startswith(_IMAGE):
        return _image(name)
    if name.startswith(_FAULTY):
        return _faulty(name)
    path = Path(name).expanduser()
    if os.sep in name or path.exists():
        return _program(name, path)
    known = ", ".join(names())
    hint = did_you_mean(name, names())
    raise UsageError(f"no adapter is called {name!r}{hint}: use {known}, the path of an executable, or {_IMAGE}NAME")


def _faulty(name: str) -> Launch:
    wanted = name.removeprefix(_FAULTY)
    file = next((file for file in resources.faulty_tunnels() if file.stem == wanted), None)
    if file is None:
        hint = did_you_mean(wanted, (file.stem for file in resources.faulty_tunnels()), most=3)
        raise UsageError(f"there is no faulty tunnel {wanted!r}{hint}; `tunspec selftest --list` names them all")
    return Launch(name, (sys.executable, str(file)), "program")


def _program(name: str, path: Path) -> Launch:
    if not path.exists():
        raise UsageError(f"{name}: there is no such file; --impl takes the path of an adapter's executable")
    if not path.is_file():
        raise UsageError(f"{name} is not a file; --impl takes the path of an adapter's executable")
    if any(file.name == path.name and file.samefile(path) for file in resources.faulty_tunnels()):
        raise UsageError(
            f"{name} is a faulty tunnel: run it as {_FAULTY}{path.stem}, or `tunspec selftest {path.stem}`"
        )
    if not os.access(path, os.X_OK):
        raise UsageError(f"{name} is not executable; run: chmod +x {name}")
    return Launch(name, (str(path.absolute()),), "program")


def _image(name: str) -> Launch:
    image = name.removeprefix(_IMAGE)
    if not image or image.startswith("-"):
        raise UsageError(f"{name!r} does not name an image; write {_IMAGE}NAME, such as {_IMAGE}mine:latest")
    extras.require("docker", name)
    if shutil.which("docker") is None:
        raise UsageError(f"{name} needs the docker command; install Docker, or give the path of an executable")
    try:
        found = subprocess.run(
            ["docker", "image", "inspect", "--format", "{{.Id}}", image],
            capture_output=True,
            check=False,
            text=True,
            timeout=_ENGINE_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{name}: the Docker engine did not answer; see: docker info") from error
    if found.returncode:
        raise UsageError(f"{name} cannot be used: {found.stderr.strip()}; build it or pull it first")
    return Launch(name, (image,), "image")
