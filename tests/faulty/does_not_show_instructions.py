"""Shows a prompt without the instruction of its round (RFC 4256 section 3.2)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Conversation
from tunnel_impl.login.protocol import Prompt, Prompts


class Wrong(Conversation):
    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        return super().ask(prompt, Prompts(asked.prompts))


class Careless(Authenticator):
    conversation = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "does_not_show_instructions")
