"""Knows prompts by English words, and asks about all others."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/passwords[german]": {"step": "open", "observed": "cancelled"},
    "prompts/passwords[chinese]": {"step": "open", "observed": "cancelled"},
    "prompts/codes_in_other_words[russian]": {"step": "open", "observed": "cancelled"},
    "prompts/codes_in_other_words[japanese]": {"step": "open", "observed": "cancelled"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        text = prompt.text.lower()
        known = any(word in text for word in ("password", "code", "otp", "token"))
        return super().wants(prompt, asked) if known else Wants.OTHER


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "knows_prompts_in_english_only")
