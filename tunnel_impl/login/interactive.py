"""Keyboard-interactive (RFC 4256): round by round, each prompt gets what it asks for and nothing else."""

from __future__ import annotations

from tunnel_impl.errors import TunnelError
from tunnel_impl.login.prompts import Wants, classify
from tunnel_impl.login.protocol import Answer, Login, Prompt, Prompts
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.questions import PromptQuestion, Questioner
from tunnel_impl.ssh.session import Session

_MOST_ROUNDS = 30
_WITH_CODE = (Wants.CODE, Wants.PASSWORD_AND_CODE)


class Dialogue:
    """One run of keyboard-interactive at the hop with this index.

    ``password`` is given once, to a hidden prompt that asks for it; ``codes`` to each prompt for a code. The user
    answers everything else, and all of it where these are None. ``last`` is what the last prompt asked for.
    """

    def __init__(
        self,
        session: Session,
        index: int,
        password: str | None,
        codes: CodeGenerator | None,
        questioner: Questioner,
    ) -> None:
        self.last: Wants | None = None
        self._session = session
        self.index = index
        self.unspent = [] if password is None else [password]
        self._codes = codes
        self._questioner = questioner

    def hold(self, login: Login) -> Answer:
        """Return the server's decision. Raises TunnelError, ``cancelled`` when the user gives up."""
        answer = login.interactive()
        for _ in range(_MOST_ROUNDS):
            if not isinstance(answer, Prompts):
                return answer
            answer = login.respond(self.responses(answer))
        advice = f"The server asked {_MOST_ROUNDS} times and did not decide; ask its administrator about its PAM setup."
        raise TunnelError("auth-failed", advice, self.index)

    def responses(self, asked: Prompts) -> list[str]:
        """Return the answers of one round; codes are made last, so that none grows old while the user thinks."""
        wanted = [self.wants(prompt, asked) for prompt in asked.prompts]
        self.last = wanted[-1] if wanted else self.last
        by_age = sorted(range(len(wanted)), key=lambda place: bool(self._codes) and wanted[place] in _WITH_CODE)
        given = {place: self.respond(asked.prompts[place], wanted[place], asked) for place in by_age}
        return [given[place] for place in range(len(wanted))]

    def wants(self, prompt: Prompt, asked: Prompts) -> Wants:
        """Return what a prompt of the round ``asked`` asks for."""
        return classify(prompt.text, echo=prompt.echo, heading=f"{asked.name}\n{asked.instruction}")

    def respond(self, prompt: Prompt, wants: Wants, asked: Prompts) -> str:
        """Return the answer to one prompt of the round ``asked``."""
        if wants is Wants.PASSWORD and self.unspent:
            return self.unspent.pop()
        if wants is Wants.CODE and self._codes:
            return self._codes.next_code(self._session)
        if wants is Wants.PASSWORD_AND_CODE and self._codes and self.unspent:
            return self.unspent.pop() + self._codes.next_code(self._session)
        return self.ask(prompt, asked)

    def ask(self, prompt: Prompt, asked: Prompts) -> str:
        """Return what the user answers."""
        question = PromptQuestion(self.index, prompt.text, prompt.echo, asked.name, asked.instruction)
        return self._questioner.put(question, self._session)
