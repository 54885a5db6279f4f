"""Leaves the thread of an opening whose time is over to itself (pahaz/sshtunnel#170)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/comes_and_goes[nobody-answers]": {"step": "expect grown", "observed": "processes +0, threads +5"},
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError as error:
            if error.code == "timeout":
                threading.Thread(target=threading.Event().wait, daemon=True).start()
            raise


if __name__ == "__main__":
    serve(Faulty, "leaves_a_thread_for_each_opening_that_timed_out")
