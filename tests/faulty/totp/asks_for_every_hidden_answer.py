"""Asks the user for all that is hidden, also for the password that the profile has."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "totp/prompted": {"step": "open", "observed": "cancelled"},
}


class Wrong(Dialogue):
    @override
    def respond(self, prompt: Prompt, wants: Wants, asked: Prompts) -> str:
        return self.ask(prompt, asked) if wants is Wants.PASSWORD else super().respond(prompt, wants, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "asks_for_every_hidden_answer")
