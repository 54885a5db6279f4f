"""Answers two rounds of prompts, and later ones with nothing."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompts

REJECTED_BY = {
    "prompts/rounds[three-rounds]": {"step": "open", "observed": "totp-rejected"},
}


class Wrong(Dialogue):
    rounds = 0

    @override
    def responses(self, asked: Prompts) -> list[str]:
        self.rounds += 1
        return super().responses(asked) if self.rounds <= ENOUGH else [""] * len(asked.prompts)


ENOUGH = 2


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "answers_two_rounds_and_no_more")
