"""Does not answer the server's own global requests, and is taken for dead (sshd_config(5), ClientAliveInterval)."""

from __future__ import annotations

from paramiko import Message
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/server_asks[without-connections]": {"step": "expect sessions", "observed": "0 sessions"},
}


class Mute(Session):
    @override
    def on_global_request(self, message: Message) -> None:
        del message


class Faulty(Tunnel):
    parts = Parts(session=Mute)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_servers_questions_unanswered")
