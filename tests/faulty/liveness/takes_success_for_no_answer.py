"""Takes keep-alives that the server grants, where OpenSSH refuses them, for unanswered (class LIV-7)."""

from __future__ import annotations

from paramiko import Message
from paramiko.common import MSG_REQUEST_SUCCESS
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

REJECTED_BY = {
    "liveness/any_answer[success]": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}


class Pessimist(Session):
    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, host_key_algorithms)
        self.silent_since = now()
        self._handler_table[MSG_REQUEST_SUCCESS] = self.on_no_answer

    @override
    def probe(self) -> None:
        self.silent_since = self.wire.heard
        super().probe()

    def on_no_answer(self, message: Message) -> None:
        self.on_answer(message)
        self.wire.heard = self.silent_since


class Faulty(Tunnel):
    parts = Parts(session=Pessimist)


if __name__ == "__main__":
    serve(Faulty, "takes_success_for_no_answer")
