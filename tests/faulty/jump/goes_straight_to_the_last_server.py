"""Goes straight to the last server, and passes no jump host."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "imports/config_jumps_opened[aliases-of-two-servers]": {"step": "open", "observed": "dns-failed"},
    "imports/url_opened[behind-a-jump-host]": {"step": "open", "observed": "dns-failed"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(replace(profile, hops=profile.hops[-1:]), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "goes_straight_to_the_last_server")
