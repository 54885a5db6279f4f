"""Drops data that comes due while keys are exchanged, and never sends it (paramiko/paramiko#63)."""

from __future__ import annotations

from paramiko import Message
from paramiko.common import MSG_CHANNEL_DATA
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/new_keys": {"step": "transfer", "observed": "a wrong byte between"},
}


class Forgetful(Session):
    @override
    def post(self, message: Message) -> None:
        if self.clear_to_send.is_set() or message.asbytes()[0] != MSG_CHANNEL_DATA:
            super().post(message)


class Faulty(Tunnel):
    parts = Parts(session=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "loses_what_comes_due_during_a_key_exchange")
