"""Keeps a session for each server and does not look whether it still lives (metabase/metabase#23452)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/another_tunnel_after_a_loss": {"step": "open", "observed": "no login on record at bastion"},
}


class Faulty(Tunnel):
    chains: ClassVar[dict[tuple[str, int], Chain]] = {}

    @override
    def connect(self) -> Chain:
        last = self.profile.hops[-1]
        if (last.host, last.port) not in self.chains:
            self.chains[last.host, last.port] = super().connect()
        return self.chains[last.host, last.port]

    @override
    def watch(self, chain: Chain) -> TunnelError:
        if chain is not self.chain:
            self.cancellation.sleep(3600)
        return super().watch(chain)


if __name__ == "__main__":
    serve(Faulty, "shares_a_session_without_looking_at_it")
