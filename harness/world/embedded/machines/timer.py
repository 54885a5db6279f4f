"""A timer that is started again and again: for what happens once nothing else has for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Timer:
    """Calls ``due`` when ``seconds`` have passed since the latest :meth:`start`; with 0 seconds never."""

    def __init__(self, seconds: float, due: Callable[[], None]) -> None:
        self._seconds = seconds
        self._due = due
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Count from now."""
        self.stop()
        if self._seconds:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._due)

    def stop(self) -> None:
        """Count no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
