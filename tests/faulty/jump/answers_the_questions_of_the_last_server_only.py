"""Does not answer a jump host that asks whether its client is alive."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from paramiko import Message, common
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "jump/server_asks[bastion1]": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}


def unheard(channel: Channel, message: Message) -> None:
    """Leave a request without its answer."""
    del channel, message


class Mute(Session):
    _channel_handler_table: ClassVar[dict[int, Callable[[Channel, Message], None]]] = {
        **Session._channel_handler_table,
        common.MSG_CHANNEL_REQUEST: unheard,
    }

    @override
    def on_global_request(self, message: Message) -> None:
        del message


class Wrong(Chain):
    @override
    def ready(self, index: int, hop: Hop) -> Session:
        self._parts = Parts() if index else Parts(session=Mute)
        return super().ready(index, hop)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Wrong(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "answers_the_questions_of_the_last_server_only")
