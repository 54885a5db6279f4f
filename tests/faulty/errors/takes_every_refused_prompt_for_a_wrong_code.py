"""Says that the code was wrong whenever answers to prompts were refused."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompts

REJECTED_BY = {
    "errors/refused_login[password-over-prompts]": {
        "step": "open",
        "expected": "the error auth-failed",
        "observed": "totp-rejected",
    },
}


class Narrow(Dialogue):
    @override
    def responses(self, asked: Prompts) -> list[str]:
        answers = super().responses(asked)
        self.last = Wants.CODE
        return answers


class Vague(Authenticator):
    dialogue = Narrow


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "takes_every_refused_prompt_for_a_wrong_code")
