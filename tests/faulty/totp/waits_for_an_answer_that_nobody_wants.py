"""Goes on waiting for its user's answer when the connection that asked has gone."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Profile, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.questions import Ask, Ends, Question, Questioner, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "totp/broken_while_asked_at_a_reconnect": {
        "step": "expect endpoint",
        "observed": "a new client was accepted but not served",
    },
}


class Patient(Questioner):
    @override
    def put(self, question: Question, session: Ends) -> str:
        try:
            return super().put(question, session)
        except TunnelError:
            time.sleep(60)
            raise


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(profile, ask, on_state)
        self.questioner = Patient(ask, self.cancellation)


if __name__ == "__main__":
    serve(Faulty, "waits_for_an_answer_that_nobody_wants")
