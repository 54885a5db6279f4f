"""Sends 32 KiB of an upload, and no more before the server has said something (class DATA-5)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/long_line[upload]": {"step": "compare", "expected": "at least 0.5 of the speed of ssh -L"},
}

_PACKET = 1 << 15
_ROUND_TRIP = 0.1


class Stopping(Pump):
    due = 0.0

    @override
    def read(self) -> None:
        if self.channel.room():
            try:
                data = self.sock.recv(min(_PACKET, self.channel.room()))
            except BlockingIOError:
                return
            if not data:
                self.local_eof = True
                self.on_local_eof()
                return
            self.on_local_data(data)
            self.io_loop.watch(self.sock, 0, self.on_ready)
            self.due += 1
            self.io_loop.call_later(_ROUND_TRIP, self._again)

    def _again(self) -> None:
        self.due = 0
        self.step()

    @override
    def watch(self) -> None:
        if not self.due:
            super().watch()


class Faulty(Tunnel):
    parts = Parts(pump=Stopping)


if __name__ == "__main__":
    serve(Faulty, "waits_for_an_answer_after_each_packet_it_sends")
