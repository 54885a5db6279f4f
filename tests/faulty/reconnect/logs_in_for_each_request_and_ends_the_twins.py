"""Logs in for each request, and ends all sessions but one (t8y2/dbx#891)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import serve, service
from tunnel_impl.adapter.slot import TunnelSlot
from tunnel_impl.profile import Profile
from tunnel_impl.status import OnState

REJECTED_BY = {
    "reconnect/asked_for_many_times": {"step": "expect connected", "expected": "1 connections to the bastion"},
}


class Faulty(Tunnel):
    """The defect is in how requests share a tunnel."""


class Racing(TunnelSlot):
    @override
    def admit(self, profile: Profile, tell: OnState) -> Callable[[], Endpoint]:
        taken = bool(self.tenants)
        opened = super().admit(profile, tell)

        def open_and_look() -> Endpoint:
            if taken:
                self.make_tunnel(profile, self.new_asker(), lambda *_: None).test()
            return opened()

        return open_and_look


service.TunnelSlot = Racing  # type: ignore[misc]  # the defect


if __name__ == "__main__":
    serve(Faulty, "logs_in_for_each_request_and_ends_the_twins")
