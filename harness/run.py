"""One run of the suite: its name, its private folder, and what a killed run left behind.

Everything that a run starts carries its mark: processes the environment variable ``TUNSPEC_RUN``, containers
and networks the labels ``org.tunspec.run`` and ``org.tunspec.owner``, files its folder. A run that was killed
could not clean up; the next one does it, when it sees that the owner is gone.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ENVIRONMENT = "TUNSPEC_RUN"
RUN_LABEL = "org.tunspec.run"
OWNER_LABEL = "org.tunspec.owner"
_PREFIX = "tunspec-"


@dataclass(frozen=True)
class Run:
    """``name`` is unique; ``owner`` names the process that must clean up; ``folder`` is private to it (mode 0700)."""

    name: str
    owner: str
    folder: Path

    @property
    def labels(self) -> dict[str, str]:
        """The labels of every container, network and volume of this run."""
        return {RUN_LABEL: self.name, OWNER_LABEL: self.owner}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of this run."""
        return {ENVIRONMENT: f"{self.owner}:{self.name}"}


def _owner_of(process: psutil.Process) -> str:
    return f"{process.pid}-{int(process.create_time() * 100)}"


def owner_is_gone(owner: str) -> bool:
    """Tell whether the process that ``owner`` names has ended; a name that cannot be read counts as ended."""
    pid, _, _ = owner.partition("-")
    try:
        return _owner_of(psutil.Process(int(pid))) != owner
    except (psutil.NoSuchProcess, ValueError):
        return True


@contextmanager
def start() -> Iterator[Run]:
    """Begin a run: clean up after dead ones, make the folder; remove it and the run's processes at the end."""
    clean_up_after_dead_runs()
    owner = _owner_of(psutil.Process())
    name = secrets.token_hex(4)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{owner}-{name}-"))
    run = Run(name, owner, folder)
    try:
        yield run
    finally:
        end_processes(run.owner, run.name)
        shutil.rmtree(folder, ignore_errors=True)


def clean_up_after_dead_runs() -> None:
    """Remove the folders and end the processes of runs whose owner is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*-*-*"):
        pid, created, name, *_ = folder.name.removeprefix(_PREFIX).split("-")
        owner = f"{pid}-{created}"
        if owner_is_gone(owner):
            end_processes(owner, name)
            shutil.rmtree(folder, ignore_errors=True)


def end_processes(owner: str, name: str) -> None:
    """Kill every process that carries this run's mark, except the caller."""
    mark = f"{owner}:{name}"
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(ENVIRONMENT) == mark:
                process.send_signal(signal.SIGKILL)
