"""Does not answer what the server asks on a channel, as sshd does where there is one (RFC 4254, section 5.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from paramiko import Message, common

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/server_asks[with-an-open-connection]": {"step": "expect sessions", "observed": "0 sessions"},
}


def unheard(channel: Channel, message: Message) -> None:
    """Leave a request without its answer."""
    del channel, message


class Mute(Session):
    _channel_handler_table: ClassVar[dict[int, Callable[[Channel, Message], None]]] = {
        **Session._channel_handler_table,
        common.MSG_CHANNEL_REQUEST: unheard,
    }


class Faulty(Tunnel):
    parts = Parts(session=Mute)


if __name__ == "__main__":
    serve(Faulty, "leaves_questions_on_channels_unanswered")
