"""Lets data wait for a key exchange, and does not wake it afterwards (apache/mina-sshd#860)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/new_keys": {"step": "transfer", "observed": "no answer in time"},
}


class Sleepy(Session):
    waits = False

    @override
    def ready_for_data(self) -> bool:
        self.waits = self.waits or not self.clear_to_send.is_set()
        return not self.waits and super().ready_for_data()


class Faulty(Tunnel):
    parts = Parts(session=Sleepy)


if __name__ == "__main__":
    serve(Faulty, "does_not_wake_after_new_keys")
