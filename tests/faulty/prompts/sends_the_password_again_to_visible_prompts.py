"""Gives a visible prompt that it does not know the password (class AUTH-3)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/unknown[visible]": {"step": "expect prompted", "observed": "the user was asked nothing"},
}


class Wrong(Dialogue):
    known = ""

    @override
    def respond(self, prompt: Prompt, wants: Wants, asked: Prompts) -> str:
        if wants is Wants.PASSWORD:
            self.known = self.unspent[-1]
        if wants is Wants.OTHER and prompt.echo:
            return self.known
        return super().respond(prompt, wants, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "sends_the_password_again_to_visible_prompts")
