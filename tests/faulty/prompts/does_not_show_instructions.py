"""Shows a prompt without the instruction of its round (RFC 4256 section 3.2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/name_and_instruction": {
        "step": "expect prompted",
        "observed": "asked with the name and instruction ('', ''), and the server says ('Second step'",
    },
}


class Wrong(Dialogue):
    @override
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        return super().ask(prompt, Prompts(asked.prompts))


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "does_not_show_instructions")
