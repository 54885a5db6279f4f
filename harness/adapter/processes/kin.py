"""Which processes belong to an adapter: it, what it started, and what has left both but carries its environment."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from harness.run import ENVIRONMENT
from harness.run.homes import HOME_LINK
from harness.run.owner import ticks

MARK = "TUNSPEC_ADAPTER"
"""The environment variable whose value is each started adapter's own."""
_ANOTHER_USERS = {"": ""}
"""An environment that may not be read."""
_LOADING = 0.05
"""Seconds after which a program that was being loaded has its environment."""


class Kin:
    """The processes of one adapter, however often they fork: a daemon (``ssh -f``) is not a child of it any longer.

    A process that did not come before the adapter belongs to it when its environment has the adapter's ``mark``, or no
    mark and the adapter's ``home``: that is what remains where an implementation makes an environment for a program.
    One that has neither was left to this process when its parent ended (:mod:`harness.run.orphans`).
    """

    def __init__(self, root: psutil.Process | None, mark: str | None, home: str | None) -> None:
        self._root = root
        self._since = ticks(root.pid) if root else 0
        self._mark = mark
        self._home = home if home and Path(home).name.startswith(HOME_LINK) else None
        self._strangers: set[psutil.Process] = set()

    @classmethod
    def of(cls, pid: int) -> Self:
        """Return those of a process that runs, as its environment tells; nobody where none runs."""
        try:
            root = psutil.Process(pid)
            environment = _environment(root) or {}
            return cls(root, environment.get(MARK), environment.get("HOME"))
        except psutil.NoSuchProcess:
            return cls(None, None, None)

    def find(self) -> tuple[psutil.Process, ...]:
        """Return those that run now, with zombies that still have their parent.

        May be polled: who proved to be a stranger is known again by id and time of start, and not looked at.
        """
        if self._root is None:
            return ()
        running = set(_running())
        self._strangers &= running
        unknown = running - self._strangers
        young = set(_since(self._since, unknown))
        environments = {process: _environment(process) for process in young}
        found = {one for one in young if one == self._root or self._carries(environments[one])}
        parents = dict(_parents(young - found))
        found |= {one for one, parent in parents.items() if parent == os.getpid() and self._left_behind(one)}
        while children := {one for one in parents.keys() - found if parents[one] in {each.pid for each in found}}:
            found |= children
        self._strangers |= unknown - young
        self._strangers.update(one for one in young - found if environments[one] and parents.get(one) != os.getpid())
        return tuple(sorted(found, key=lambda process: process.pid))

    def _carries(self, environment: dict[str, str] | None) -> bool:
        """Tell whether this is the adapter's environment."""
        if not environment:
            return False  # so it is while a program is being loaded (execve(2)), and of a zombie
        if mark := environment.get(MARK):
            return mark == self._mark
        return self._home is not None and environment.get("HOME") == self._home

    def _left_behind(self, child: psutil.Process) -> bool:
        """Tell whether a child of this process was left to it by the adapter.

        What this process starts has a mark of the run, or stays in its session.
        """
        try:
            if os.getsid(child.pid) == os.getsid(0):
                return False
        except OSError:
            return False
        environment = _environment(child)
        if environment == {}:
            time.sleep(_LOADING)
            environment = _environment(child)
        return environment is not None and not {MARK, ENVIRONMENT} & environment.keys()


def _environment(process: psutil.Process) -> dict[str, str] | None:
    """Return its environment, {} while its program is being loaded; None where it has ended."""
    try:
        return process.environ()
    except psutil.AccessDenied:
        return _ANOTHER_USERS
    except psutil.Error:
        return None


def _running() -> Iterator[psutil.Process]:
    for pid in psutil.pids():
        with suppress(psutil.NoSuchProcess):
            yield psutil.Process(pid)


def _since(moment: int, processes: Iterable[psutil.Process]) -> Iterator[psutil.Process]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if ticks(process.pid) >= moment:
                yield process


def _parents(processes: Iterable[psutil.Process]) -> Iterator[tuple[psutil.Process, int]]:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            yield process, process.ppid()
