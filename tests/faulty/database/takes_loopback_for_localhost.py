"""Asks the server for ``localhost`` where the profile says 127.0.0.1 (RFC 4254, section 7.2: passed on as it is)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile, Target
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "database/named_by_the_bastion[loopback]": {
        "step": "expect forwarded",
        "observed": "bastion was asked for localhost:7000",
    },
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        target = profile.target
        if isinstance(target, Target) and target.host == "127.0.0.1":
            target = replace(target, host="localhost")
        super().__init__(replace(profile, target=target), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "takes_loopback_for_localhost")
