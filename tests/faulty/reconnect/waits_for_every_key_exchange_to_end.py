"""Waits for an exchange of keys to end, however long that takes, and counts no silence meanwhile."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "reconnect/broken_during_new_keys[silent]": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}


class Trusting(Watchdog):
    @override
    def check(self) -> bool:
        exchanging = isinstance(self.peer, Session) and not self.peer.clear_to_send.is_set()
        return True if exchanging else super().check()


class Faulty(Tunnel):
    parts = Parts(watchdog=Trusting)


if __name__ == "__main__":
    serve(Faulty, "waits_for_every_key_exchange_to_end")
