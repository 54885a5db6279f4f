"""Answers the first prompt of a round, and the others with nothing (RFC 4256 section 3.4)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompts

REJECTED_BY = {
    "totp/order[both-in-one-round]": {"step": "open", "observed": "auth-failed"},
}


class Wrong(Dialogue):
    @override
    def responses(self, asked: Prompts) -> list[str]:
        first = super().responses(Prompts(asked.prompts[:1], asked.name, asked.instruction))
        return first + [""] * len(asked.prompts[1:])


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "answers_one_prompt_of_each_round")
