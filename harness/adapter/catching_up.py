"""Lets one thread wait until another has taken what lay in its pipes."""

from __future__ import annotations

import os
import threading


class CatchUp:
    """A request to a thread that waits for several pipes; give it to its selector like one of them.

    The thread calls ``take`` when this is readable, serves what else was readable then, and sets what it got.
    """

    def __init__(self) -> None:
        self._end, self._begin = os.pipe()
        self._waiting: list[threading.Event] = []
        self._lock = threading.Lock()
        self._over = False

    def fileno(self) -> int:
        """Return what a selector waits for."""
        return self._end

    def wait(self, seconds: float) -> None:
        """Wait, at most ``seconds``, until the other thread has taken what lay in its pipes at this moment."""
        taken = threading.Event()
        with self._lock:
            if self._over:
                return
            self._waiting.append(taken)
            os.write(self._begin, b".")
        taken.wait(seconds)

    def take(self) -> threading.Event:
        """Return what to set once everything else that was readable was served."""
        os.read(self._end, 1)
        with self._lock:
            return self._waiting.pop(0)

    def close(self) -> None:
        """Let everybody go on: nothing more will come."""
        with self._lock:
            self._over = True
            for taken in self._waiting:
                taken.set()
        os.close(self._end)
        os.close(self._begin)
