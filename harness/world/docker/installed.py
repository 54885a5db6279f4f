"""An installed fault: how it is proved and how it is undone."""

from __future__ import annotations

import threading
from collections.abc import Callable

from harness.faults.model import Evidence


class Installed:
    """Fulfils :class:`harness.faults.model.ActiveFault` with two functions; what was last proved outlives the heal."""

    def __init__(self, prove: Callable[[], Evidence], undo: Callable[[], None]) -> None:
        self._prove = prove
        self._undo = undo
        self._lock = threading.Lock()
        self._last: Evidence | None = None

    def evidence(self) -> Evidence:
        """Return what is known so far. Raises FabricBroken."""
        with self._lock:
            return self._last or self._prove()

    def heal(self) -> None:
        """Undo it; a second call does nothing. Raises FabricBroken."""
        with self._lock:
            if self._last is None:
                self._last = self._prove()
                self._undo()


def lasting(evidence: Evidence) -> Installed:
    """Return a fault that happened at once and has nothing to undo."""
    return Installed(lambda: evidence, lambda: None)
