"""Questions on their way to the harness, and its answers on their way back."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict

from tunnel_impl.banners import Banner
from tunnel_impl.questions import HostKeyQuestion, Question

_Answer = queue.SimpleQueue[str | None]


class Asker:
    """Asks for one tunnel; calling it waits for the answer."""

    def __init__(self, questions: Questions, tunnel: str) -> None:
        self.tunnel = tunnel
        self._questions = questions

    def __call__(self, question: Question) -> str | None:
        """Return the answer, None when there will be none."""
        return self._questions.ask(self, question)

    def show(self, banner: Banner) -> None:
        """Say what a server showed."""
        self._questions.show(self, banner)

    def close(self) -> None:
        """Answer all questions of this tunnel with None, now and in future."""
        self._questions.close(self)


class Questions:
    """Numbers questions, says them, and hands each answer to whoever asked."""

    def __init__(self, say: Callable[[Mapping[str, object]], None]) -> None:
        self._say = say
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Asker, _Answer]] = {}
        self._askers: set[Asker] = set()

    def asker(self, tunnel: str) -> Asker:
        """Return who asks for ``tunnel``."""
        asker = Asker(self, tunnel)
        with self._lock:
            self._askers.add(asker)
        return asker

    def ask(self, asker: Asker, question: Question) -> str | None:
        """Say ``question`` and wait for its answer; None once the asker is closed."""
        answer: _Answer = queue.SimpleQueue()
        with self._lock:
            if asker not in self._askers:
                return None
            number = next(self._numbers)
            self._waiting[number] = (asker, answer)
        self._say({"ask": number, "tunnel": asker.tunnel, **_fields(question)})
        return answer.get()

    def show(self, asker: Asker, banner: Banner) -> None:
        """Say what a server showed to the user of ``asker``."""
        self._say({"event": "banner", "tunnel": asker.tunnel, **asdict(banner)})

    def answer(self, number: object, value: object) -> None:
        """Hand on an answer; one to an unknown question is ignored, it may have come too late."""
        with self._lock:
            waiting = self._waiting.pop(number, None) if isinstance(number, int) else None
        if waiting:
            waiting[1].put(value if isinstance(value, str) else None)

    def close(self, asker: Asker | None = None) -> None:
        """Answer the questions of ``asker`` with None, of all when it is left out."""
        with self._lock:
            self._askers -= {asker} if asker else set(self._askers)
            over = [number for number, (who, _) in self._waiting.items() if asker in (None, who)]
            answers = [self._waiting.pop(number)[1] for number in over]
        for answer in answers:
            answer.put(None)


def _fields(question: Question) -> dict[str, object]:
    if not isinstance(question, HostKeyQuestion):
        return {"kind": "prompt", **asdict(question)}
    fields: dict[str, object] = {
        "kind": "host-key",
        "hop": question.hop,
        "host": question.host,
        "port": question.port,
        "type": question.type,
        "fingerprint": question.fingerprint,
        "status": question.status,
    }
    return fields | ({"known": question.known} if question.known else {})
