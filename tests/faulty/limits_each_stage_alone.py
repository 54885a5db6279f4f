"""Gives each stage of reaching a server and logging in the whole of the profile's time, so that they add up."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.relay import Relay
from tunnel_impl.life.chain import Chain


class Generous(Chain):
    def _left(self) -> float:
        return self._timeout


class Faulty(Tunnel):
    def _new_chain(self, relay: Relay) -> Chain:
        return Generous(self.profile, self.parts, self._questioner, self._cancellation, relay, self._codes)


if __name__ == "__main__":
    serve(Faulty, "limits_each_stage_alone")
