"""Answers with nothing when the user cancels the question."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "totp/prompted_cancelled": {"step": "expect answered", "observed": "totp was answered with password, empty"},
    "errors/cancelled_prompt": {"step": "open", "expected": "the error cancelled", "observed": "totp-rejected"},
}


class Wrong(Dialogue):
    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        try:
            return super().ask(prompt, asked)
        except TunnelError:
            return ""


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "takes_a_cancel_for_an_empty_answer")
