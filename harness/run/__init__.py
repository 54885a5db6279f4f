"""One run of the suite: its name, its private folder, and what a killed run left behind.

Everything that a run starts carries its mark: processes the environment variable ``TUNSPEC_RUN``, containers
and networks labels (``org.tunspec.run``, ``.owner``), files its folder. A run that was killed could
not clean up; the next one of the same user does it, when it sees that the owner is gone.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.interrupts import ignored
from harness.run import homes
from harness.run.orphans import adopted
from harness.run.owner import PATTERN, is_gone, this_process
from harness.run.removal import remove

ENVIRONMENT = "TUNSPEC_RUN"
RUN_LABEL = "org.tunspec.run"
OWNER_LABEL = "org.tunspec.owner"
_PREFIX = "tunspec-"
_FOLDER = re.compile(rf"{_PREFIX}(?P<owner>{PATTERN})-(?P<name>[0-9a-f]{{8}})-[\w-]+")
_SWEEPS = 10


@dataclass(frozen=True)
class Run:
    """``name`` is unique; ``owner`` names the process that must clean up; ``folder`` is private to it (mode 0700)."""

    name: str
    owner: str
    folder: Path

    @property
    def labels(self) -> dict[str, str]:
        """The labels of every container, network and volume of this run."""
        return labels(self.name, self.owner)

    def whole_folder(self) -> Path:
        """Return the folder, made again where an adapter has removed or replaced it, and private again."""
        with suppress(OSError):
            if not self.folder.is_dir() or self.folder.is_symlink():
                remove(self.folder)
                self.folder.mkdir(mode=0o700)
            self.folder.chmod(0o700)
        return self.folder

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of this run."""
        return {ENVIRONMENT: f"{self.owner}:{self.name}"}


def labels(name: str, owner: str) -> dict[str, str]:
    """Return the labels of everything that an engine holds of a run."""
    return {RUN_LABEL: name, OWNER_LABEL: owner}


@contextmanager
def start() -> Iterator[Run]:
    """Begin a run: clean up after dead ones, make the folder; remove it and the run's processes at the end.

    SIGINT and SIGTERM do not interrupt the removal. Raises UsageError where TMPDIR is too long for sockets.
    """
    homes.folder()
    clean_up_after_dead_runs()
    run = _new()
    try:
        with adopted():
            yield run
    finally:
        with ignored():
            end_processes(run.owner, run.name)
            remove(run.folder)
            homes.remove_dead_links()


def _new() -> Run:
    mine, name = this_process(), secrets.token_hex(4)
    return Run(name, mine, Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{mine}-{name}-")))


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a private folder of this process; where it is killed, the next run removes it."""
    run = _new()
    try:
        yield run.folder
    finally:
        with ignored():
            remove(run.folder)


def clean_up_after_dead_runs() -> None:
    """Remove the folders and end the processes of runs whose owner is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        of_a_run = _FOLDER.fullmatch(folder.name)
        if of_a_run and homes.is_ours(folder) and is_gone(of_a_run["owner"]):
            end_processes(of_a_run["owner"], of_a_run["name"])
            remove(folder)
    homes.remove_dead_links()


def end_processes(owner: str, name: str) -> None:
    """Kill every process that carries this run's mark, except the caller, and those that they start meanwhile."""
    mark = f"{owner}:{name}"
    killed: set[int] = set()
    for _ in range(_SWEEPS):
        found = {process.pid: process for process in psutil.process_iter() if _carries(process, mark)}
        if not found.keys() - killed:
            return
        for process in found.values():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        killed |= found.keys()


def _carries(process: psutil.Process, mark: str) -> bool:
    with suppress(psutil.Error):
        return process.pid != os.getpid() and process.environ().get(ENVIRONMENT) == mark
    return False
