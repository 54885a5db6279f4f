"""Logs in as whoever runs it, whatever user its profile names."""

from __future__ import annotations

import getpass
from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "imports/config_opened[key]": {"step": "open", "observed": "auth-failed"},
    "imports/url_opened[password]": {"step": "open", "observed": "auth-failed"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(
            replace(profile, hops=tuple(replace(hop, user=getpass.getuser()) for hop in profile.hops)), ask, on_state
        )


if __name__ == "__main__":
    serve(Faulty, "logs_in_as_the_user_of_its_process")
