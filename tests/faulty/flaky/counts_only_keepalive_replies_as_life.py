"""Takes nothing but the reply to a keep-alive for a sign of life, not the data before it (class LIV-6)."""

from __future__ import annotations

from paramiko import Message
from paramiko.common import MSG_REQUEST_FAILURE, MSG_REQUEST_SUCCESS
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

REJECTED_BY = {
    "flaky/bandwidth[download]": {"step": "download", "expected": "786432 bytes"},
}


class Deaf(Session):
    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, host_key_algorithms)
        self.replied = now()
        for kind in (MSG_REQUEST_SUCCESS, MSG_REQUEST_FAILURE):
            self._handler_table[kind] = self.on_reply

    def on_reply(self, message: Message) -> None:
        del message
        self.replied = now()

    @override
    def heard(self) -> float:
        return self.replied


class Faulty(Tunnel):
    parts = Parts(session=Deaf)


if __name__ == "__main__":
    serve(Faulty, "counts_only_keepalive_replies_as_life")
