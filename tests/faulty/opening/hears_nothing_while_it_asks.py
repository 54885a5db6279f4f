"""Notices only after its user has answered that the connection is gone (paramiko/paramiko#2105)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Profile, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.tunnel import unheard
from tunnel_impl.questions import Ask, Ends, Question, Questioner, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "jump/broken_while_the_user_looks[bastion1]": {"step": "finish", "observed": "no answer"},
    "jump/broken_while_the_user_looks[bastion2]": {"step": "finish", "observed": "no answer"},
    "opening/broken_login[reset-at-a-prompt]": {"step": "finish", "observed": "no answer"},
    "opening/broken_login[killed-at-a-prompt]": {"step": "finish", "observed": "no answer"},
    "opening/broken_login[reset-at-the-host-key]": {"step": "finish", "observed": "no answer"},
    "auth/grace_time": {"step": "open", "observed": "no answer"},
}


class Deaf(Questioner):
    @override
    def put(self, question: Question, session: Ends) -> str:
        del session
        answer = self.ask(question)
        if answer is None:
            raise TunnelError("cancelled", "The question was not answered, so nothing was connected.", question.hop)
        return answer


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = unheard) -> None:
        super().__init__(profile, ask, on_state)
        self.questioner = Deaf(ask, self.cancellation)


if __name__ == "__main__":
    serve(Faulty, "hears_nothing_while_it_asks")
