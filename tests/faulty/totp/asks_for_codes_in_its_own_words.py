"""Shows the user a question of its own in place of the server's prompt for a code."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "totp/prompted": {"step": "expect prompted", "observed": "the user was asked 'Enter your one-time code'"},
}


class Wrong(Dialogue):
    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        return super().ask(replace(prompt, text="Enter your one-time code"), asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "asks_for_codes_in_its_own_words")
