"""Relies on TCP to notice a dead peer: SO_KEEPALIVE and a time limit for unacknowledged data (class LIV-3)."""

from __future__ import annotations

import socket
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "liveness/frozen_server": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Silent(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(replace(keepalive, interval=0), peer)


class Trusting(Dialler):
    @override
    def connect(self, host: str, port: int) -> socket.socket:
        sock = super().connect(host, port)
        for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 3)):
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 4000)
        return sock


class Faulty(Tunnel):
    parts = Parts(watchdog=Silent, dialler=Trusting)


if __name__ == "__main__":
    serve(Faulty, "leaves_dead_peers_to_tcp")
