"""Puts the profile that did not work into its message, passwords included (CWE-532)."""

from __future__ import annotations

from dataclasses import asdict

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "auth/secrets_hidden[password]": {"step": "expect secrets", "observed": "the reply to open main"},
    "auth/secrets_hidden[password-at-a-prompt]": {"step": "expect secrets", "observed": "the reply to open main"},
    "auth/secrets_hidden[passphrase]": {"step": "expect secrets", "observed": "the reply to open main"},
    "auth/secrets_hidden[second-factor]": {"step": "expect secrets", "observed": "the reply to open main"},
    "auth/secrets_hidden[test-connection]": {"step": "expect secrets", "observed": "a secret in the reply to test"},
}


class Talkative(Chain):
    @override
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            raise TunnelError(error.code, f"{error.message} ({asdict(self.profile)})", error.hop) from error


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Talkative(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "shows_its_profile_in_errors")
