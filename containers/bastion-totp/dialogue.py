"""The dialogue of the scripted server: rounds of prompts, what they take, and codes as RFC 6238 has them.

Codes are of the present step or one beside it. What was used and tried is in files that all connections share.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_USED_CODES, _TRIES = Path("/run/tunspec-used-codes"), Path("/run/tunspec-tries")
_TRIES_SECONDS = 30
Settings = dict[str, Any]


def same(one: str, other: str) -> bool:
    """Compare without telling by the time it takes."""
    return hmac.compare_digest(one.encode(), other.encode())


def code_at(totp: Settings, step: int) -> str:
    """Return the code of a step (RFC 4226 and RFC 6238)."""
    digest = hmac.digest(bytes.fromhex(totp["key"]), step.to_bytes(8, "big"), totp["algorithm"].lower())
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10 ** totp['digits']:0{totp['digits']}}"


def numbers(file: Path) -> list[int]:
    """Return what :func:`note` kept in ``file``; all processes share it."""
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def note(file: Path, number: int) -> None:
    """Keep ``number`` in ``file``."""
    with file.open("a") as kept:
        kept.write(f"{number}\n")


class Dialogue:
    """One run through the rounds; whether it was ``good`` counts after the last one only, as with PAM."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._say = say
        self._password: str | None = settings["password"]
        self._totp: Settings | None = settings["totp"]
        self._left = list(settings["dialogue"])
        self._name, self._instruction = settings["heading"]
        self._prompts: list[Settings] = []
        asks_codes = any(prompt["expects"].endswith("code") for prompts in self._left for prompt in prompts)
        self.good = not asks_codes or self._attempt()

    def next_round(self) -> tuple[str, str, str, list[tuple[str, bool]]] | None:
        """Return the next round as asyncssh sends it, None after the last."""
        if not self._left:
            return None
        self._prompts = self._left.pop(0)
        return self._name, self._instruction, "", [(prompt["text"], prompt["echo"]) for prompt in self._prompts]

    def answer(self, answers: Sequence[str]) -> None:
        """Judge the answers to the present round, and tell what they were; a wrong number of them is wrong."""
        self.good &= len(answers) == len(self._prompts)
        for prompt, answer in zip(self._prompts, answers):  # noqa: B905 -- Debian 11 has Python 3.9
            kind, left, after_password = self._judge(answer)
            self._say(f"scripted: matched={kind} left={left:.1f} prompt={prompt['text']}")
            good_code = kind == "code" or (kind == "used-code" and self._totp is not None and self._totp["reuse"])
            expects = prompt["expects"]
            good = {
                "anything": True,
                "password": kind == "password",
                "code": good_code and not after_password,
                "password+code": good_code and after_password,
            }
            self.good &= good[expects] if expects in good else same(answer, expects[1:])

    def _attempt(self) -> bool:
        allowed = self._totp["tries"] if self._totp else None
        recent = [moment for moment in numbers(_TRIES) if moment > time.time() - _TRIES_SECONDS]
        note(_TRIES, int(time.time()))
        return allowed is None or len(recent) < allowed

    def _judge(self, answer: str) -> tuple[str, float, bool]:
        """Return what ``answer`` is, the seconds left of the code in it, and whether a password stands before that."""
        if not answer:
            return "empty", 0, False
        if self._is_password(answer):
            return "password", 0, False
        place = len(answer) - self._totp["digits"] if self._totp else 0
        after_password = place > 0 and self._is_password(answer[:place])
        return *self._judge_code(answer[place:] if after_password else answer), after_password

    def _judge_code(self, answer: str) -> tuple[str, float]:
        if self._totp is None:
            return "other", 0
        now, period = time.time(), self._totp["period"]
        for step in (now // period + offset for offset in (0, -1, 1)):
            if same(code_at(self._totp, int(step)), answer):
                used = int(step) in numbers(_USED_CODES)
                note(_USED_CODES, int(step))
                return "used-code" if used else "code", (step + 1) * period - now
        return "other", 0

    def _is_password(self, text: str) -> bool:
        return self._password is not None and same(text, self._password)
