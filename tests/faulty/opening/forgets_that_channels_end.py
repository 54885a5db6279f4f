"""Counts the channels that it opened, and not those that ended: after a hundred there are none left.

See paramiko/paramiko#2346.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel, Refusal
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/one_after_the_other[max-sessions-0]": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}


class Forgetful(Session):
    _MOST: ClassVar[int] = 100

    @override
    def open_direct(self, host: str, port: int, origin_port: int, on_change: Callable[[], None]) -> Channel:
        channel = super().open_direct(host, port, origin_port, on_change)
        if len(self.channels_seen) > self._MOST:
            channel.on_refused(Refusal(4, "too many channels"))
        return channel


class Faulty(Tunnel):
    parts = Parts(session=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "forgets_that_channels_end")
