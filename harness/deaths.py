"""Ends a run in which the adapter dies in scenario after scenario in the same way: nothing more would be learned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.verdict.lattice import UNJUDGED

if TYPE_CHECKING:
    from harness.report.recorder import Recorder
    from harness.verdict.result import Result

_ENOUGH = 3
_VARIES = re.compile(r"/[^\s'\"]+|0x[0-9a-f]+|\d+")


def likeness(result: Result) -> str | None:
    """Return what deaths have in common that are alike: paths and numbers vary. None for no death."""
    return None if result.death is None else _VARIES.sub("…", result.death)


class Deaths:
    """A pytest plugin of the process that sees every report, also those of workers; hears each result."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._session: pytest.Session | None = None
        self._last: str | None = None
        self._times = 0
        recorder.listeners.append(self.hear)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Learn whom to stop."""
        self._session = session

    def hear(self, result: Result) -> None:
        """Count deaths that are alike; what was not judged tells nothing."""
        if result.verdict in UNJUDGED:
            return
        alike = likeness(result)
        self._times = self._times + 1 if alike is not None and alike == self._last else 1
        self._last = alike
        if alike is not None and self._times == _ENOUGH:
            self._end(result)

    def _end(self, result: Result) -> None:
        message = (
            f"the adapter died in {_ENOUGH} scenarios one after the other: it {result.death}; the run ends here; "
            f"--keep-going continues it (for pytest: --tunspec-keep-going)"
        )
        self._recorder.broken.append(message)
        if self._session is None:
            return
        self._session.shouldstop = message
        workers = self._session.config.pluginmanager.get_plugin("dsession")
        if workers is not None:
            workers.shouldstop = message
