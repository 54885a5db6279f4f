"""Tells by its events that it is connected, whatever its state is (class LIV-5)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "reconnect/states_told[lost-and-back]": {"step": "expect told", "observed": "the events told connected"},
    "reconnect/states_told[cannot-open]": {"step": "expect told", "observed": "the events told connected"},
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(profile, ask, lambda _state, error: on_state("connected", error))


if __name__ == "__main__":
    serve(Faulty, "tells_that_it_is_connected_whatever_happens")
