"""Keeps what its user answered to a prompt, and answers a reconnect with it."""

from __future__ import annotations

from tunnel_impl import Profile, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.questions import Ask, Question, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "jump/prompt_at_a_reconnect[bastion1]": {
        "step": "expect prompted",
        "observed": "the user was asked 'Verification code: '",
    },
}


def kept(ask: Ask) -> Ask:
    """Ask once for each question."""
    known: dict[Question, str | None] = {}

    def answer(question: Question) -> str | None:
        if question not in known:
            known[question] = ask(question)
        return known[question]

    return answer


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(profile, kept(ask), on_state)


if __name__ == "__main__":
    serve(Faulty, "answers_prompts_as_it_did_before")
