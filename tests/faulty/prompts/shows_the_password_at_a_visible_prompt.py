"""Gives a prompt for the password the password, although the answer is shown."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants, classify
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/visible_password": {"step": "open", "observed": "open reported success"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        del asked
        return classify(prompt.text, echo=False)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "shows_the_password_at_a_visible_prompt")
