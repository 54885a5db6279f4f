"""The timeline: all that happened in one scenario, on one clock.

The clock is ``time.monotonic()``, which all processes of one machine share; entries that come from another
clock (a container's log) are converted where they enter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from harness.facts import AnyFact, Kind, words
from harness.model import Record

Lane = Literal["harness", "client", "link", "bastion", "target"]


class Entry(Record):
    """One thing that happened; ``at`` is in seconds since the scenario began.

    ``text`` is for people. What is to be known of the entry stands in ``fact``; None where the words are all there is.
    """

    at: float
    lane: Lane
    kind: Kind
    source: str
    text: str
    fact: AnyFact | None = None


class Timeline:
    """Collects entries from any thread; every text passes through ``redact`` before it is kept."""

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        self.began = time.monotonic()
        self._redact = redact
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, lane: Lane, kind: Kind, source: str, text: str, *, at: float | None = None) -> bool:
        """Record ``text``; ``at`` is a ``time.monotonic()`` reading, now when left out.

        Return whether there was something in it that had to be redacted.
        """
        return self._keep(lane, kind, source, text, None, at)

    def tell(self, lane: Lane, source: str, fact: AnyFact, *, at: float | None = None) -> bool:
        """Record ``fact`` with its words; ``at`` and what is returned are those of ``add``."""
        kept = fact.redacted(self._redact)
        return self._keep(lane, fact.kind, source, words(kept), kept, at) or kept != fact

    def entries(self) -> tuple[Entry, ...]:
        """Return what was recorded so far, oldest first."""
        with self._lock:
            return tuple(sorted(self._entries, key=lambda entry: entry.at))

    def _keep(self, lane: Lane, kind: Kind, source: str, text: str, fact: AnyFact | None, at: float | None) -> bool:
        moment = round((time.monotonic() if at is None else at) - self.began, 4)
        kept = self._redact(text)
        with self._lock:
            self._entries.append(Entry(at=moment, lane=lane, kind=kind, source=source, text=kept, fact=fact))
        return kept != text
