"""Logs in at the first hop for Test Connection, and at no other."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "auth/test_connection_at_each_hop[bastion2]": {"step": "test", "observed": "no login on record at bastion2"},
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        self.profile = replace(self.profile, hops=self.profile.hops[:1])
        super().test()


if __name__ == "__main__":
    serve(Faulty, "tests_only_the_first_hop")
