"""Takes what it sends for a sign of life, so that busy clients hide a dead server (golang/go#19338)."""

from __future__ import annotations

from paramiko import Message
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/silence_while_clients_send": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}


class Chatty(Session):
    sent = 0.0

    @override
    def post(self, message: Message) -> None:
        super().post(message)
        self.sent = now()

    @override
    def heard(self) -> float:
        return max(self.sent, super().heard())


class Faulty(Tunnel):
    parts = Parts(session=Chatty)


if __name__ == "__main__":
    serve(Faulty, "starts_its_count_anew_when_it_sends")
