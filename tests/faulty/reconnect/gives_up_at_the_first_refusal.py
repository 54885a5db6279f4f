"""Takes a server that refuses connections for one that will never come back (class LIV-11)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/link_cut_and_mended": {"step": "works_again", "expected": "a client to be served again within 5 s"},
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code != "connection-refused" and super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "gives_up_at_the_first_refusal")
