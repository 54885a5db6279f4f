"""Keyboard-interactive (RFC 4256) as an embedded bastion asks it: round by round, judged after the last, as PAM does.

A wrong answer is not told before every round was asked. What each answer was is told as an event, the answer
itself never is.
"""

from __future__ import annotations

import time
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.world.embedded.bastion.totp import Code, SecondFactor

_EXPECTED = ("password", "code", "password+code", "anything")


class BastionPrompt(NamedTuple):
    """One prompt: its text, what it takes (as in :class:`harness.world.fabric.Prompt`), whether it may be shown."""

    text: str
    expects: str
    echo: bool


class CheckedAnswer(NamedTuple):
    """What an answer turned out to be: as the event tells it, and the code in it, perhaps behind the password."""

    matched: str
    code: Code | None = None
    after_password: bool = False


Rounds = tuple[tuple[BastionPrompt, ...], ...]


def read(document: Sequence[Sequence[Mapping[str, Any]]] | None) -> Rounds | None:
    """Read the rounds of a setup. Raises ValueError for a prompt that expects what no bastion knows."""
    if document is None:
        return None
    rounds = tuple(tuple(BastionPrompt(**prompt) for prompt in prompts) for prompts in document)
    for asked in (asked for prompts in rounds for asked in prompts):
        if asked.expects not in _EXPECTED and not asked.expects.startswith("="):
            expected = ", ".join(_EXPECTED)
            raise ValueError(f"a prompt cannot expect {asked.expects!r}; use {expected}, or = and the literal answer")
    return rounds


class Dialogue:
    """One run through the rounds, for one try to log in."""

    def __init__(self, rounds: Rounds, password: str | None, factor: SecondFactor, tell: Callable[..., None]) -> None:
        self.good = True
        self._left = list(rounds)
        self._prompts: tuple[BastionPrompt, ...] = ()
        self._password = password
        self._factor = factor
        self._tell = tell
        if any(asked.expects.endswith("code") for prompts in rounds for asked in prompts):
            self._count_attempt()

    def next_round(self) -> list[tuple[str, bool]] | None:
        """Return the next prompts, each with its echo flag; None when all rounds were asked."""
        if not self._left:
            return None
        self._prompts = self._left.pop(0)
        return [(asked.text, asked.echo) for asked in self._prompts]

    def answer(self, answers: Sequence[str]) -> None:
        """Judge the answers to the present round; a wrong number of them is wrong, and a code seen is used up."""
        self.good &= len(answers) == len(self._prompts)
        for asked, answer in zip(self._prompts, answers, strict=False):
            judged = self._judge(answer)
            self.good &= self._is_right(asked.expects, answer, judged)
            left = {"left": f"{judged.code.left:.3f}"} if judged.code else {}
            self._tell("answer", prompt=asked.text, matched=judged.matched, **left)

    def _count_attempt(self) -> None:
        if not self._factor.attempt(time.time()):
            self.good = False
            self._tell("log", text="too many attempts in 30 s: this one fails whatever the code")

    def _judge(self, answer: str) -> CheckedAnswer:
        if not answer:
            return CheckedAnswer("empty")
        if self._is_password(answer):
            return CheckedAnswer("password")
        place = len(answer) - self._factor.digits
        after_password = place > 0 and self._is_password(answer[:place])
        code = self._factor.find(answer[place:] if after_password else answer, time.time())
        if code is None:
            return CheckedAnswer("other")
        return CheckedAnswer("used-code" if code.used else "code", code, after_password)

    def _is_password(self, text: str) -> bool:
        return self._password is not None and compare_digest(text.encode(), self._password.encode())

    def _is_right(self, expects: str, answer: str, judged: CheckedAnswer) -> bool:
        good_code = judged.code is not None and self._factor.take(judged.code)
        match expects:
            case "anything":
                return True
            case "password":
                return judged.matched == "password"
            case "code":
                return good_code and not judged.after_password
            case "password+code":
                return good_code and judged.after_password
            case literal:
                return compare_digest(answer.encode(), literal[1:].encode())
