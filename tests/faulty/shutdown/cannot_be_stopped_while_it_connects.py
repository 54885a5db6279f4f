"""Looks whether it was stopped only when a hop has answered, or has not in time (golang/go#15113)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "shutdown/stopped_while_opening[silent-server]": {"step": "finish", "observed": "no answer"},
    "shutdown/stopped_while_opening[silent-first-hop]": {"step": "finish", "observed": "no answer"},
    "shutdown/stopped_while_opening[silent-second-hop]": {"step": "finish", "observed": "no answer"},
    "shutdown/stopped_while_opening[silent-network]": {"step": "finish", "observed": "no answer"},
}


class Deaf(Cancellation):
    @override
    @contextmanager
    def wakes(self, waker: Callable[[], None]) -> Iterator[None]:
        del waker
        yield


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(profile, ask, on_state)
        self.cancellation = Deaf()

    @override
    def discard(self) -> None:
        if self.status().state != "connecting":
            super().discard()


if __name__ == "__main__":
    serve(Faulty, "cannot_be_stopped_while_it_connects")
