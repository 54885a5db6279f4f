"""Gives its password alone to a prompt for both."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/both_in_one[ampersand]": {"step": "open", "observed": "auth-failed"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        wants = super().wants(prompt, asked)
        return Wants.PASSWORD if wants is Wants.PASSWORD_AND_CODE else wants


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "sends_the_password_where_a_code_is_asked_for_too")
