"""Tells that it reconnects only when it has reconnected (class LIV-5)."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState, State

REJECTED_BY = {
    "reconnect/states_told[lost-and-back]": {
        "step": "expect told",
        "expected": "events that report connecting, connected, reconnecting within",
    },
}


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        held: list[TunnelError | None] = []

        def tell_late(state: State, error: TunnelError | None) -> None:
            if state == "reconnecting":
                held.append(error)
                return
            while held:
                on_state("reconnecting", held.pop())
            on_state(state, error)

        super().__init__(profile, ask, tell_late)


if __name__ == "__main__":
    serve(Faulty, "tells_of_a_loss_once_it_is_overcome")
