"""A fault in force, on whatever fabric: how it is proved and how it is undone."""

from __future__ import annotations

import threading
from collections.abc import Callable

from harness.faults.model import Evidence


class Installed:
    """Fulfils :class:`harness.faults.model.ActiveFault` with two functions.

    ``prove`` is called whenever somebody asks while the fault is in force; afterwards the last evidence stands.
    ``undo`` is called once, and again only after it raised.
    """

    def __init__(self, prove: Callable[[], Evidence], undo: Callable[[], object]) -> None:
        self._prove = prove
        self._undo = undo
        self._lock = threading.Lock()
        self._healed = False
        self._last = Evidence(proven=False, summary="it was healed before anyone looked")

    def evidence(self) -> Evidence:
        """Return what is known so far. Raises FabricBroken."""
        with self._lock:
            if not self._healed:
                self._last = self._prove()
            return self._last

    def heal(self) -> None:
        """Undo it; a second call does nothing. Raises FabricBroken."""
        with self._lock:
            if not self._healed:
                self._undo()
                self._healed = True


def lasting(evidence: Evidence) -> Installed:
    """Return a fault that happened at once and leaves nothing to undo."""
    return Installed(lambda: evidence, lambda: None)
