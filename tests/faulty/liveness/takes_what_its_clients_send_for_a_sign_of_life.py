"""Takes data of its clients for a sign of the server's life (golang/go#19338)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/silence_while_a_client_talks[frozen]": {
        "step": "expect connections",
        "observed": "0 of 2 connections closed",
    },
    "liveness/silence_while_a_client_talks[silent-link]": {
        "step": "expect connections",
        "observed": "0 of 2 connections closed",
    },
}

latest = [0.0]


class Cheerful(Session):
    @override
    def heard(self) -> float:
        return max(latest[0], super().heard())


class Telling(Pump):
    channel: Channel

    @override
    def on_local_data(self, data: bytes) -> None:
        latest[0] = now()
        super().on_local_data(data)


class Faulty(Tunnel):
    parts = Parts(session=Cheerful, pump=Telling)


if __name__ == "__main__":
    serve(Faulty, "takes_what_its_clients_send_for_a_sign_of_life")
