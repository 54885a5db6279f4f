"""Connects once to see the methods of the server, and once more to use one, when it tests (wintermeyer/heinzel#9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "auth/test_connection_once[password]": {"step": "expect connected", "observed": "2 connections to bastion"},
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        super().test()
        super().test()


if __name__ == "__main__":
    serve(Faulty, "logs_in_twice_to_test")
