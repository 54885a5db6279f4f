"""Connects for Test Connection, and does not log in."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "auth/test_connection": {"step": "test", "observed": "no login on record at bastion"},
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        first = self.profile.hops[0]
        Dialler(self.profile.timeouts.connect, self.cancellation).connect(first.host, first.port).close()


if __name__ == "__main__":
    serve(Faulty, "tests_only_that_the_server_can_be_reached")
