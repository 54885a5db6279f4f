"""Keeps the target of the first tunnel for every other tunnel with the same SSH settings."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop, Profile, SocketTarget, Target
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "database/two_targets": {"step": "expect forwarded", "observed": "bastion was asked for target.internal:7000"},
}


class Faulty(Tunnel):
    targets: ClassVar[dict[tuple[Hop, ...], Target | SocketTarget]] = {}

    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        first = self.targets.setdefault(profile.hops, profile.target)
        super().__init__(replace(profile, target=first), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "leads_every_tunnel_to_the_first_target")
