"""Goes on to poll the socket of a lost session, which is always ready with its hang-up (TableProApp/TablePro#1769)."""

from __future__ import annotations

import select
import socket
import threading

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "liveness/processor_time[cut]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "liveness/processor_time[frozen]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "liveness/processor_time[killed]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "liveness/processor_time[gone-for-good]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "liveness/processor_time_after_a_reset": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "jump/processor_time[bastion1]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "jump/processor_time[middle]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "jump/processor_time[bastion2]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        threading.Thread(target=self.poll, name="poll", daemon=True).start()
        return super().recover(loss)

    def poll(self) -> None:
        ours, theirs = socket.socketpair()
        theirs.close()
        poll = select.poll()
        poll.register(ours, select.POLLIN)
        while not self.cancellation:
            poll.poll()


if __name__ == "__main__":
    serve(Faulty, "polls_the_dead_socket_of_each_session_it_lost")
