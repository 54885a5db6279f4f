"""Puts the profile that did not work into its message, passwords included (CWE-532)."""

from __future__ import annotations

from dataclasses import asdict

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.relay import Relay
from tunnel_impl.life.chain import Chain


class Talkative(Chain):
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            raise TunnelError(error.code, f"{error.message} ({asdict(self._profile)})", error.hop) from error


class Faulty(Tunnel):
    def _new_chain(self, relay: Relay) -> Chain:
        return Talkative(self.profile, self.parts, self._questioner, self._cancellation, relay, self._codes)


if __name__ == "__main__":
    serve(Faulty, "shows_its_profile_in_errors")
