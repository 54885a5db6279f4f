"""Opens the connections to the target on the first hop instead of on the last one."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.chain import Chain
from tunnel_impl.relay import Relay
from tunnel_impl.session import Session


class Short(Chain):
    @property
    def final(self) -> Session:
        return self._sessions[0]


class Faulty(Tunnel):
    def _new_chain(self, relay: Relay) -> Chain:
        return Short(self.profile, self.parts, self._questioner, self._cancellation, relay, self._codes)


if __name__ == "__main__":
    serve(Faulty, "forwards_by_the_first_hop")
