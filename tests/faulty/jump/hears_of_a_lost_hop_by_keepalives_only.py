"""Does not tell the session of the second hop that the first is lost; its keep-alives find out (ronf/asyncssh#471)."""

from __future__ import annotations

import socket
from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "jump/killed_hop[first-hop]": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}


class Separate(Chain):
    @override
    @property
    def ended(self) -> bool:
        return self.final.ended

    @override
    def when_ended(self, call: Callable[[], None]) -> None:
        self.final.when_ended(call)

    @override
    def open_through(self, session: Session, before: Hop, hop: Hop) -> socket.socket:
        ours = super().open_through(session, before, hop)
        for channel in session.own_channels.values():
            channel.on_session_end = unheard  # the defect
        return ours


def unheard() -> None:
    """Leave the channel of the second hop as it is."""


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Separate(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "hears_of_a_lost_hop_by_keepalives_only")
