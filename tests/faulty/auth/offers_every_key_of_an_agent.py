"""Offers every key of an agent, although its profile picks one."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import AgentAuth, Hop, Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "imports/config_opened[one-key-of-an-agent]": {
        "step": "expect credentials_shown",
        "expected": "1 credentials to be shown",
    },
}


def without_choice(hop: Hop) -> Hop:
    return replace(hop, auth=replace(hop.auth, file=None)) if isinstance(hop.auth, AgentAuth) else hop


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(replace(profile, hops=tuple(map(without_choice, profile.hops))), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "offers_every_key_of_an_agent")
