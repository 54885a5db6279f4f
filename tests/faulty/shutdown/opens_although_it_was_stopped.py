"""Takes note of a stop only once it is open (class REC-8)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stopped_while_opening[silent-server]": {"step": "finish", "observed": "no answer"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        if self.status().state != "connecting":
            super().close()


if __name__ == "__main__":
    serve(Faulty, "opens_although_it_was_stopped")
