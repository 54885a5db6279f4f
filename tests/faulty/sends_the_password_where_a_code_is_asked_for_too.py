"""Gives its password alone to a prompt for both."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.authentication import Authenticator
from tunnel_impl.interactive import Conversation
from tunnel_impl.login import Prompt, Prompts
from tunnel_impl.prompts import Wants


class Wrong(Conversation):
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        wants = super().wants(prompt, asked)
        return Wants.PASSWORD if wants is Wants.PASSWORD_AND_CODE else wants


class Careless(Authenticator):
    conversation = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "sends_the_password_where_a_code_is_asked_for_too")
