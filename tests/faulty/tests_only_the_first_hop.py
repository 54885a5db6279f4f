"""Logs in at the first hop for Test Connection, and at no other."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve


class Faulty(Tunnel):
    def test(self) -> None:
        self.profile = replace(self.profile, hops=self.profile.hops[:1])
        super().test()


if __name__ == "__main__":
    serve(Faulty, "tests_only_the_first_hop")
