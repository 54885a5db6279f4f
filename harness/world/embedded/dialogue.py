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

    from harness.world.embedded.totp import Code, SecondFactor

_EXPECTED = ("password", "code", "password+code", "anything")


class Asked(NamedTuple):
    """One prompt: its text, what it takes (as in :class:`harness.world.fabric.Prompt`), whether it may be shown."""

    text: str
    expects: str
    echo: bool


class Part(NamedTuple):
    """What an answer, or one of the two in it, turned out to be."""

    matched: str
    code: Code | None = None


Rounds = tuple[tuple[Asked, ...], ...]


def read(document: Sequence[Sequence[Mapping[str, Any]]] | None) -> Rounds | None:
    """Read the rounds of a setup. Raises ValueError for a prompt that expects what no bastion knows."""
    if document is None:
        return None
    rounds = tuple(tuple(Asked(**prompt) for prompt in prompts) for prompts in document)
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
        self._prompts: tuple[Asked, ...] = ()
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
        """Judge the answers to the present round; a wrong number of them is wrong."""
        self.good &= len(answers) == len(self._prompts)
        for asked, answer in zip(self._prompts, answers, strict=False):
            parts = self._parts(answer)
            self.good &= self._is_right(asked.expects, answer, parts)
            for part in parts:
                left = {"left": f"{part.code.left:.3f}"} if part.code else {}
                self._tell("answer", prompt=asked.text, matched=part.matched, **left)

    def _count_attempt(self) -> None:
        if not self._factor.attempt(time.time()):
            self.good = False
            self._tell("log", text="too many attempts in 30 s: this one fails whatever the code")

    def _parts(self, answer: str) -> tuple[Part, ...]:
        """Return what ``answer`` is: one part, or two where a password is followed by as many digits as a code has."""
        whole = self._part(answer)
        head, tail = answer[: -self._factor.digits or None], answer[-self._factor.digits :]
        if whole.matched != "other" or not self._factor.digits or not (head and tail.isdecimal()):
            return (whole,)
        parts = self._part(head), self._part(tail)
        return parts if any(part.matched != "other" for part in parts) else (whole,)

    def _part(self, text: str) -> Part:
        if not text:
            return Part("empty")
        if self._password is not None and compare_digest(text.encode(), self._password.encode()):
            return Part("password")
        code = self._factor.find(text, time.time())
        if code is not None:
            return Part("used-code" if code.used else "code", code)
        return Part("other")

    def _is_right(self, expects: str, answer: str, parts: tuple[Part, ...]) -> bool:
        kinds = tuple("code" if part.code else part.matched for part in parts)
        match expects:
            case "anything":
                return True
            case "password":
                return kinds == ("password",)
            case "code":
                return kinds == ("code",) and self._take(parts[-1])
            case "password+code":
                taken = kinds[-1] == "code" and self._take(parts[-1])
                return kinds == ("password", "code") and taken
            case literal:
                return compare_digest(answer.encode(), literal[1:].encode())

    def _take(self, part: Part) -> bool:
        return part.code is not None and self._factor.take(part.code)
