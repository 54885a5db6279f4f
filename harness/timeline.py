"""The timeline: all that happened in one scenario, on one clock.

The clock is ``time.monotonic()``, which all processes of one machine share; entries that come from another
clock (a container's log) are converted where they enter.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Literal

from harness.facts import AnyFact, Kind, words
from harness.model import Record
from harness.text.harmless import cut

MOST_ENTRIES = 5000
MOST_CHARACTERS = 1 << 20
_TALK: frozenset[Kind] = frozenset({"claim", "question", "log", "connection", "keepalive"})
"""The kinds of entries whose number programs decide."""

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


class _Talk:
    """What programs say of one kind in one lane: the first half of what is kept of it, and the last."""

    def __init__(self) -> None:
        self._first: list[Entry] = []
        self._last: deque[Entry] = deque()
        self._room = MOST_CHARACTERS // 2
        self._last_room = MOST_CHARACTERS // 2
        self._left_out = 0
        self._until = 0.0

    def keep(self, entry: Entry) -> None:
        """Keep ``entry``, and forget what lies in the middle."""
        if not self._last and len(self._first) < MOST_ENTRIES // 2 and len(entry.text) <= self._room:
            self._first.append(entry)
            self._room -= len(entry.text)
            return
        self._last.append(entry)
        self._last_room -= len(entry.text)
        while len(self._last) > MOST_ENTRIES // 2 or self._last_room < 0:
            forgotten = self._last.popleft()
            self._last_room += len(forgotten.text)
            self._left_out += 1
            self._until = forgotten.at

    def entries(self) -> Iterator[Entry]:
        """Return what is kept, with an entry that says how much is left out."""
        yield from (*self._first, *self._last)
        if self._left_out:
            one = self._last[0]
            told = f"({self._left_out} more are left out)"
            yield Entry(at=self._until, lane=one.lane, kind=one.kind, source="timeline", text=told)


class Timeline:
    """Collects entries from any thread; every text passes through ``redact`` before it is kept.

    Programs may say as much as they like, so of each kind of talk in each lane only the beginning and the end are kept:
    ``MOST_ENTRIES`` or ``MOST_CHARACTERS``, and how many were left out. What the harness did and saw is kept whole.
    """

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        self.began = time.monotonic()
        self._redact = redact
        self._entries: list[Entry] = []
        self._talk: dict[tuple[Lane, Kind], _Talk] = {}
        self._lock = threading.Lock()

    def add(self, lane: Lane, kind: Kind, source: str, text: str, *, at: float | None = None) -> bool:
        """Record ``text``; ``at`` is a ``time.monotonic()`` reading, now when left out.

        Return whether there was something in it that had to be redacted.
        """
        return self._keep(lane, kind, source, text, None, at)

    def tell(self, lane: Lane, source: str, fact: AnyFact, *, at: float | None = None) -> bool:
        """Record ``fact`` with its words; ``at`` and what is returned are those of ``add``."""
        kept = fact.redacted(self._redact)
        return self._keep(lane, fact.kind, source, words(kept), kept.redacted(cut), at) or kept != fact

    def entries(self) -> tuple[Entry, ...]:
        """Return what was recorded so far, oldest first."""
        with self._lock:
            talk = (entry for one in self._talk.values() for entry in one.entries())
            return tuple(sorted([*self._entries, *talk], key=lambda entry: entry.at))

    def _keep(self, lane: Lane, kind: Kind, source: str, text: str, fact: AnyFact | None, at: float | None) -> bool:
        moment = round((time.monotonic() if at is None else at) - self.began, 4)
        kept = self._redact(text)
        entry = Entry(at=moment, lane=lane, kind=kind, source=source, text=cut(kept), fact=fact)
        with self._lock:
            if kind in _TALK:
                self._talk.setdefault((lane, kind), _Talk()).keep(entry)
            else:
                self._entries.append(entry)
        return kept != text
