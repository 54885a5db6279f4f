"""Ends the tunnel that works before the one that is to replace it has logged in (BetterDB-inc/monitor#409)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import service
from tunnel_impl.adapter.slot import TunnelSlot
from tunnel_impl.profile import Profile
from tunnel_impl.status import OnState

REJECTED_BY = {
    "reconnect/failed_replacement": {
        "step": "echo",
        "observed": "0 of 1024 bytes came back, then the connection ended",
    },
}


class Hasty(TunnelSlot):
    @override
    def admit(self, profile: Profile, tell: OnState) -> Callable[[], Endpoint]:
        if self.tenants and self.tenants[0].tunnel.profile != profile:
            self.tenants[0].end()
        return super().admit(profile, tell)


if __name__ == "__main__":
    service.TunnelSlot = Hasty  # type: ignore[misc]  # the defect
    service.serve(Tunnel, "replaces_before_it_has_logged_in")
