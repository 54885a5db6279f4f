"""Asks the server for 127.0.0.1 where the profile says localhost, which PermitOpen keeps apart (class OPEN-3)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Profile, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.tunnel import unheard
from tunnel_impl.profile import Target
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "database/named_by_the_bastion[localhost]": {
        "step": "expect forwarded",
        "observed": "bastion was asked for 127.0.0.1:",
    },
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = unheard) -> None:
        target = profile.target
        if isinstance(target, Target) and target.host == "localhost":
            profile = replace(profile, target=replace(target, host="127.0.0.1"))
        super().__init__(profile, ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "takes_localhost_for_an_address")
