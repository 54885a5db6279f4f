"""Takes the last jump host of the list and leaves out the others."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "jump/three_hops[agent-key-key]": {"step": "open", "expected": "open to succeed"},
    "imports/config_jumps_opened[list-of-three-servers]": {"step": "open", "expected": "open to succeed"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(replace(profile, hops=profile.hops[-2:]), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "uses_the_last_jump_only")
