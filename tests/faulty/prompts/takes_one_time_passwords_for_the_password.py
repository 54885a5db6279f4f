"""Sends the password wherever the word password stands, as in One-time password."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/codes[one-time-password]": {"step": "open", "observed": "cancelled"},
    "prompts/kept_apart[one-time-password]": {"step": "expect answered", "observed": "totp was answered with password"},
    "prompts/kept_apart[oath]": {"step": "expect answered", "observed": "totp was answered with password"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        return Wants.PASSWORD if "password" in prompt.text.lower() else super().wants(prompt, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "takes_one_time_passwords_for_the_password")
