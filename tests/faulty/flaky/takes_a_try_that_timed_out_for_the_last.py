"""Stops reconnecting when one try got no answer in time, though another may (class REC-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "flaky/swallowed": {"step": "works_again", "expected": "a client to be served again within 12 s"},
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code != "timeout" and super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "takes_a_try_that_timed_out_for_the_last")
