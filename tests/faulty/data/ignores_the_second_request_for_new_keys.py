"""Does not answer the server when it asks for new keys, but only the second time (warp-tech/warpgate#1523)."""

from __future__ import annotations

from paramiko import Message, common

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

REJECTED_BY = {
    "data/new_keys_while_idle": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}

HANDSHAKE_AND_ONE = 2


class Stubborn(Session):
    exchanges = 0

    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, host_key_algorithms)
        self.negotiate = self._handler_table[common.MSG_KEXINIT]
        self._handler_table[common.MSG_KEXINIT] = self.on_request

    def on_request(self, message: Message) -> None:
        self.exchanges += 1
        if self.exchanges <= HANDSHAKE_AND_ONE:
            self.negotiate(message)


class Faulty(Tunnel):
    parts = Parts(session=Stubborn)


if __name__ == "__main__":
    serve(Faulty, "ignores_the_second_request_for_new_keys")
