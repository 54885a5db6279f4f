"""Forgets the thread that waits for a server when it is stopped meanwhile (pahaz/sshtunnel#170)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stopped_while_opening[silent-server]": {"step": "expect grown", "observed": "processes +0, threads +1"},
    "shutdown/stopped_while_opening[prompt]": {"step": "expect grown", "observed": "processes +0, threads +1"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        if self.status().state == "connecting":
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        super().close()


if __name__ == "__main__":
    serve(Faulty, "leaves_a_thread_when_it_is_stopped_while_it_opens")
