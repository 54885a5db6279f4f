"""Asks for the target by its name in small letters."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile, Target
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "database/long_name[of-the-cloud]": {"step": "expect forwarded", "observed": "was asked for mydb.abc123"},
    "database/long_name[of-200-bytes]": {"step": "expect forwarded", "observed": "was asked for db-0123456789"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        if isinstance(profile.target, Target):
            profile = replace(profile, target=replace(profile.target, host=profile.target.host.lower()))
        super().__init__(profile, ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "writes_host_names_in_small_letters")
