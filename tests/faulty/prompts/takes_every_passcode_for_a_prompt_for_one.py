"""Sends a code wherever the words code, passcode or OTP stand."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.interactive import Dialogue
from tunnel_impl.login.prompts import Wants
from tunnel_impl.login.protocol import Prompt, Prompts

REJECTED_BY = {
    "prompts/neither[menu]": {"step": "open", "observed": "totp-rejected"},
    "prompts/neither[backup]": {"step": "open", "observed": "totp-rejected"},
    "prompts/neither[pin-and-code]": {"step": "open", "observed": "totp-rejected"},
    "prompts/kept_apart[message-about-a-code]": {"step": "expect answered", "observed": "totp was answered with code"},
}


class Wrong(Dialogue):
    @override
    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        text = prompt.text.lower()
        return Wants.CODE if any(word in text for word in ("code", "otp")) else super().wants(prompt, asked)


class Careless(Authenticator):
    dialogue = Wrong


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "takes_every_passcode_for_a_prompt_for_one")
