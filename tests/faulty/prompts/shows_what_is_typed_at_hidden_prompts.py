"""Puts each prompt to its user with the echo on (RFC 4256 section 3.1)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/echo": {"step": "expect prompted", "observed": "'Shown: ' asked with echo on, and the server says off"},
}


class Wrong(Dialogue):
    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        return super().ask(replace(prompt, echo=True), asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "shows_what_is_typed_at_hidden_prompts")
