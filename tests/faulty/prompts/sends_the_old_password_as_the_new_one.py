"""Gives its password to each prompt that has the word in it, also to those for a new one."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/new_password[new]": {"step": "expect prompted", "observed": "the user was asked nothing"},
    "prompts/new_password[french]": {"step": "expect prompted", "observed": "the user was asked nothing"},
    "prompts/new_password[chinese]": {"step": "expect prompted", "observed": "the user was asked nothing"},
}


class Wrong(Dialogue):
    password: str | None = None

    @override
    def respond(self, prompt: Prompt, wants: Wants, asked: Prompts) -> str:
        self.password = self.unspent[0] if self.unspent else self.password
        if self.password and any(word in prompt.text.lower() for word in ("passw", "mot de passe", "密码")):
            return self.password
        return super().respond(prompt, wants, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "sends_the_old_password_as_the_new_one")
