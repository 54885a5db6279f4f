"""Answers status, and tells no change of state by itself (class LIV-5)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "reconnect/states_told[lost-and-back]": {"step": "expect told", "observed": "the events told nothing"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState | None = None) -> None:
        del on_state
        super().__init__(profile, ask)


if __name__ == "__main__":
    serve(Faulty, "tells_no_states")
