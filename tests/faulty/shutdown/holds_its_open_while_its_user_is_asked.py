"""Waits for its user's answer although it was stopped (class STOP-2)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, Ends, Question, Questioner, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "shutdown/stopped_while_opening[host-key-question]": {
        "step": "finish",
        "expected": "open to end within 2 s",
        "observed": "no answer",
    },
    "shutdown/stopped_while_opening[prompt]": {
        "step": "finish",
        "expected": "open to end within 2 s",
        "observed": "no answer",
    },
}


class Patient(Questioner):
    @override
    def put(self, question: Question, session: Ends) -> str:
        del session
        answered = threading.Event()
        answers: list[str] = []

        def ask() -> None:
            answers.append(self.ask(question) or "")
            answered.set()

        threading.Thread(target=ask, daemon=True).start()
        answered.wait(10)
        self.cancellation.check()
        return answers[0]


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(profile, lambda question: late(ask, question), on_state)
        self.questioner = Patient(self.questioner.ask, self.cancellation)


def late(ask: Ask, question: Question) -> str | None:
    """Keep an answer that came because the tunnel was stopped until its user would have given it."""
    answer = ask(question)
    if answer is None:
        threading.Event().wait(8)
    return answer


if __name__ == "__main__":
    serve(Faulty, "holds_its_open_while_its_user_is_asked")
