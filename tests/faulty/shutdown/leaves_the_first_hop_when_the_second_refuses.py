"""Ends the session that failed, and forgets the one that carried it (class STOP-2)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.relay import Relay
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/comes_and_goes[second-hop-refused]": "observed processes +0, threads +",
}


class Forgetful(Chain):
    def end(self) -> None:
        failed = len(self._sessions) == len(self._profile.hops) and not self.final.is_authenticated()
        if failed:
            self._sessions[:] = self._sessions[-1:]
        super().end()


class Faulty(Tunnel):
    def _new_chain(self, relay: Relay) -> Chain:
        return Forgetful(self.profile, self.parts, self._questioner, self._cancellation, relay, self._codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_first_hop_when_the_second_refuses")
