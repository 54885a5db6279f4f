"""Forgets that a client has ended its direction where that comes while keys are exchanged, and nothing may be sent."""

from __future__ import annotations

from paramiko import Message, common
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/half_close_amid_new_keys": {"step": "drain", "observed": "1024 bytes and no end"},
}


class Forgetful(Session):
    @override
    def post(self, message: Message) -> None:
        if self.clear_to_send.is_set() or message.asbytes()[:1] != common.cMSG_CHANNEL_EOF:
            super().post(message)

    @override
    def ready_for_data(self) -> bool:
        return not self.wire.congested


class Faulty(Tunnel):
    parts = Parts(session=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "forgets_ends_that_come_during_a_key_exchange")
