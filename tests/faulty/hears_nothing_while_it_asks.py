"""Notices only after its user has answered that the connection is gone (paramiko/paramiko#2105)."""

from __future__ import annotations

from tunnel_impl import Profile, Tunnel, TunnelError
from tunnel_impl.adapter.service import serve
from tunnel_impl.life.tunnel import OnState, _unheard
from tunnel_impl.questions import Ask, Ends, Question, Questioner, cannot_ask


class Deaf(Questioner):
    def put(self, question: Question, session: Ends) -> str:
        del session
        answer = self._ask(question)
        if answer is None:
            raise TunnelError("cancelled", "The question was not answered, so nothing was connected.", question.hop)
        return answer


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = _unheard) -> None:
        super().__init__(profile, ask, on_state)
        self._questioner = Deaf(ask, self._cancellation)


if __name__ == "__main__":
    serve(Faulty, "hears_nothing_while_it_asks")
