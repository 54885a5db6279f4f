"""Takes a round without prompts for a refusal (RFC 4256 section 3.2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.protocol import Prompts

REJECTED_BY = {
    "prompts/rounds[zero-prompts-first]": {"step": "open", "observed": "auth-failed (The server asked for nothing"},
    "prompts/rounds[zero-prompts-last]": {"step": "open", "observed": "auth-failed (The server asked for nothing"},
}


class Wrong(Dialogue):
    @override
    def responses(self, asked: Prompts) -> list[str]:
        if not asked.prompts:
            raise TunnelError("auth-failed", "The server asked for nothing.", self.index)
        return super().responses(asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "expects_a_prompt_in_every_round")
