"""Waits for a silent server as long as it takes when it only tests a connection."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Timeouts

REJECTED_BY = {
    "auth/test_connection_bounded[first-hop]": {
        "step": "test",
        "expected": "test to end within 20 s",
        "observed": "no answer",
    },
    "auth/test_connection_bounded[second-hop]": {
        "step": "test",
        "expected": "test to end within 20 s",
        "observed": "no answer",
    },
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        self.profile = replace(self.profile, timeouts=Timeouts(connect=3600))
        super().test()


if __name__ == "__main__":
    serve(Faulty, "tests_without_a_time_limit")
