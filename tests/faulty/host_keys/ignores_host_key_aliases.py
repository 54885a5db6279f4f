"""Looks host keys up by the server's address, whatever alias its profile gives."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "imports/config_opened[alias]": {"step": "open", "observed": "host-key-unknown"},
    "imports/config_jumps_opened[names-of-their-keys]": {"step": "open", "observed": "host-key-unknown"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(
            replace(profile, hops=tuple(replace(hop, host_key_alias=None) for hop in profile.hops)), ask, on_state
        )


if __name__ == "__main__":
    serve(Faulty, "ignores_host_key_aliases")
