"""Which processes belong to an adapter: it, what it started, and what has left both but carries its environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from harness.run import HOME_LINK

MARK = "TUNSPEC_ADAPTER"
"""The environment variable whose value is each started adapter's own."""


class Kin:
    """The processes of one adapter, however often they fork: a daemon (``ssh -f``) is no child of it any more.

    A process that did not come before the adapter belongs to it when its environment has the adapter's ``mark``, or no
    mark and the adapter's ``home``: that is what remains where an implementation makes an environment for a program.
    """

    def __init__(self, root: psutil.Process | None, mark: str | None, home: str | None) -> None:
        self._root = root
        self._mark = mark
        self._home = home if home and Path(home).name.startswith(HOME_LINK) else None
        self._strangers: set[psutil.Process] = set()

    @classmethod
    def of(cls, pid: int) -> Self:
        """Return those of a process that runs, as its environment tells; nobody where none runs."""
        try:
            root = psutil.Process(pid)
        except psutil.NoSuchProcess:
            return cls(None, None, None)
        environment: dict[str, str] = {}
        with suppress(psutil.Error):
            environment = root.environ()
        return cls(root, environment.get(MARK), environment.get("HOME"))

    def find(self) -> tuple[psutil.Process, ...]:
        """Return those that run now, with zombies that still have their parent.

        May be polled: who proved to be a stranger is known again by id and time of start, and not looked at.
        """
        if self._root is None:
            return ()
        running = set(_running())
        self._strangers &= running
        unknown = running - self._strangers
        young = set(_since(self._root, unknown))
        carrying = {process: self._carries(process) for process in young}
        found = {process for process in young if process == self._root or carrying[process]}
        parents = dict(_parents(young - found))
        while children := {one for one in parents.keys() - found if parents[one] in {each.pid for each in found}}:
            found |= children
        self._strangers |= unknown - young
        self._strangers.update(process for process in young - found if carrying[process] is False)
        return tuple(sorted(found, key=lambda process: process.pid))

    def _carries(self, process: psutil.Process) -> bool | None:
        """Tell whether it has the adapter's environment; None while that cannot be known."""
        try:
            environment = process.environ()
        except psutil.AccessDenied:
            return False
        except psutil.NoSuchProcess:
            return None
        if not environment:
            return None  # so it is while a program is being loaded (execve(2)), and of a zombie
        if mark := environment.get(MARK):
            return mark == self._mark
        return self._home is not None and environment.get("HOME") == self._home


def _running() -> Iterator[psutil.Process]:
    for pid in psutil.pids():
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


def _since(first: psutil.Process, processes: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.create_time() >= first.create_time():
                yield process


def _parents(processes: Iterable[psutil.Process]) -> Iterator[tuple[psutil.Process, int]]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            yield process, process.ppid()
