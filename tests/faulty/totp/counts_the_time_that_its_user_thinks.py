"""Counts the user's time against the connection (iterate-ch/cyberduck#13750, mscdex/ssh2#285)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Profile, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.clock import now
from tunnel_impl.life.tunnel import unheard
from tunnel_impl.questions import Ask, Ends, Question, Questioner, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "host_keys/slow_user_at_each_hop[bastion1]": {"step": "open", "observed": "timeout"},
    "host_keys/slow_user_at_each_hop[bastion2]": {"step": "open", "observed": "timeout"},
    "totp/slow_user": {"step": "open", "observed": "timeout"},
}


class Hurried(Questioner):
    def __init__(self, ask: Ask, cancellation: Cancellation, limit: float) -> None:
        super().__init__(ask, cancellation)
        self.limit = limit

    @override
    def put(self, question: Question, session: Ends) -> str:
        began = now()
        answer = super().put(question, session)
        if now() - began > self.limit:
            raise TunnelError("timeout", "The login took too long; try again.", question.hop)
        return answer


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = unheard) -> None:
        super().__init__(profile, ask, on_state)
        self.questioner = Hurried(ask, self.cancellation, profile.timeouts.connect)


if __name__ == "__main__":
    serve(Faulty, "counts_the_time_that_its_user_thinks")
