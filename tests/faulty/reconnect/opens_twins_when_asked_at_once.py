"""Looks whether a tunnel is open before it opens one, so that requests at once open twins (t8y2/dbx#891)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import service
from tunnel_impl.adapter.slot import TunnelSlot
from tunnel_impl.profile import Profile
from tunnel_impl.status import OnState, State

REJECTED_BY = {
    "reconnect/asked_for_many_times": {
        "step": "expect sessions",
        "expected": "1 SSH sessions at the bastion within 2s",
    },
}


class Racing(TunnelSlot):
    twins: ClassVar[list[Tunnel]] = []

    @override
    def admit(self, profile: Profile, tell: OnState) -> Callable[[], Endpoint]:
        opening = bool(self.tenants) and not self.tenants[-1].opened.done()
        opened = super().admit(profile, tell)
        if not opening:
            return opened
        self.twins.append(twin := self.make_tunnel(profile, self.new_asker(), unheard))

        def open_both() -> Endpoint:
            twin.open()
            return opened()

        return open_both


def unheard(state: State, error: Exception | None) -> None:
    """Leave the states of a twin untold."""
    del state, error


if __name__ == "__main__":
    service.TunnelSlot = Racing  # type: ignore[misc]  # the defect
    service.serve(Tunnel, "opens_twins_when_asked_at_once")
