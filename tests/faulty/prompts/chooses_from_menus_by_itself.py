"""Takes the first choice of a menu without a word to the user."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/menu[one-line]": {"step": "expect prompted", "observed": "the user was asked nothing"},
}


class Wrong(Dialogue):
    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        return "1" if "(1-" in prompt.text else super().ask(prompt, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "chooses_from_menus_by_itself")
