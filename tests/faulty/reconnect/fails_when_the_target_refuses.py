"""Gives the whole tunnel up when one connection to the target is refused."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/status_of_a_tunnel_that_works": {"step": "expect state", "observed": "the state is failed"},
}


class Faulty(Tunnel):
    @override
    def note(self, error: TunnelError | None) -> None:
        super().note(error)
        if error and error.code == "forward-refused":
            self.become("failed", error)


if __name__ == "__main__":
    serve(Faulty, "fails_when_the_target_refuses")
