"""Asks the user for a code where the prompt does not call it a code."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/codes[token]": {"step": "open", "observed": "cancelled"},
    "prompts/codes[otp]": {"step": "open", "observed": "cancelled"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        wants = super().wants(prompt, asked)
        return Wants.OTHER if wants is Wants.CODE and "code" not in prompt.text.lower() else wants


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "knows_codes_by_one_word_only")
