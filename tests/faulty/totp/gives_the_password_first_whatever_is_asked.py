"""Expects the password to be asked first and the code then, and does not read the prompts."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "totp/order[code-then-password]": {"step": "open", "observed": "totp-rejected"},
    "totp/order[code-only]": {"step": "open", "observed": "auth-failed"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        del prompt, asked
        return Wants.PASSWORD if self.unspent else Wants.CODE


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "gives_the_password_first_whatever_is_asked")
