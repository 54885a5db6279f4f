"""Limits no answer of the server any more once its user was asked something (iterate-ch/cyberduck#13750)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Answer, Login, Prompt, Prompts

REJECTED_BY = {
    "opening/silent_login[after-the-password]": {"step": "finish", "observed": "no answer"},
}


class Unhurried(Dialogue):
    @override
    def hold(self, login: Login) -> Answer:
        self._login = login
        return super().hold(login)

    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        self._login.timeout = 3600
        return super().ask(prompt, asked)


class Patient(Authenticator):
    dialogue = Unhurried


class Faulty(Tunnel):
    parts = Parts(authenticator=Patient)


if __name__ == "__main__":
    serve(Faulty, "stops_its_clock_at_the_first_prompt")
