"""The user of a scenario: answers what the implementation asks."""

from __future__ import annotations

import time

from harness.adapter.protocol import HostKeyQuestion, PromptQuestion
from harness.scenario.language.model import Answers, PromptAnswer
from harness.scenario.login.codes import generator
from harness.scenario.login.credentials import Login
from harness.world.fabric import TotpSetup

_POLL = 0.1


class User:
    """Has a login and perhaps an authenticator, and answers as the scenario says; call it with a question."""

    def __init__(self, answers: Answers, login: Login, totp: TotpSetup | None) -> None:
        self._answers = answers
        self._prompts = iter(answers.prompts)
        self._login = login
        self._generator = generator(totp) if totp else None
        self._last_code = ""

    def __call__(self, question: HostKeyQuestion | PromptQuestion) -> str | None:
        """Return the answer, None for cancel."""
        time.sleep(self._answers.thinks)
        match question:
            case HostKeyQuestion(status="changed"):
                return self._answers.changed_host_key
            case HostKeyQuestion():
                return self._answers.unknown_host_key
            case PromptQuestion():
                return self._answer(next(self._prompts, "cancel"))

    def _answer(self, how: PromptAnswer) -> str | None:
        match how:
            case "code":
                return self._fresh_code()
            case "wrong-code":
                return "0" * len(self._present_code())
            case "password":
                return self._login.password
            case "choice":
                return "1"
            case "empty":
                return ""
            case "cancel":
                return None

    def _present_code(self) -> str:
        return self._generator.now() if self._generator else "000000"

    def _fresh_code(self) -> str:
        """Return the present code; a person does not type one twice, so wait for the next if it was given before."""
        while self._present_code() == self._last_code:
            time.sleep(_POLL)
        self._last_code = self._present_code()
        return self._last_code
