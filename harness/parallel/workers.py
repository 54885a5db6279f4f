"""xdist's workers, as the process that started them sees them: ended soon after an interrupt, cleaned up after."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Any

import psutil
import pytest

from harness import run as runs
from harness.interrupts import ignored
from harness.world import fabrics


class Workers:
    """A pytest plugin of the controlling process.

    A worker cannot be told of an interrupt over its channel while it runs a test; execnet would wait ten
    seconds and kill it, and it would leave its world behind.
    """

    def __init__(self, fabric: str) -> None:
        self._fabric = fabric
        self._processes: list[psutil.Process] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:  # noqa: ANN401 -- xdist's WorkerController, which is not public
        """Remember a worker that was started on this machine."""
        with suppress(AttributeError, psutil.Error):
            self._processes.append(psutil.Process(node.gateway._io.popen.pid))  # noqa: SLF001 -- execnet has no public way

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Pass the user's interrupt on, for it may have been sent to this process alone."""
        if type(excinfo.value) is KeyboardInterrupt:
            for process in self._processes:
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGINT)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Remove what workers left behind that could not do it themselves, now that they have ended."""
        with ignored():
            runs.clean_up_after_dead_runs()
            fabrics.clean_up_after_dead_runs(self._fabric)
