"""Does not try again when the server drops a connection before its banner (ronf/asyncssh#456, NixOS/infra#352)."""

from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.retries import Retries

REJECTED_BY = {
    "opening/together": {"step": "open_together", "expected": "all of 10 tunnels to open"},
}


class Never(Retries):
    @override
    def __iter__(self) -> Iterator[float]:
        return iter(())


class Faulty(Tunnel):
    parts = Parts(retries=Never)


if __name__ == "__main__":
    serve(Faulty, "gives_up_where_the_server_is_busy")
