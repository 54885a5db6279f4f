"""Keeps secrets out of every log, report and timeline."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

MARK = "[redacted]"
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_SHORTEST = 4
_PIECE = 8
_FEWEST_CHARACTERS = 4


class Redactor:
    """Replaces every secret it was told of, and every private key, by a mark.

    Any eight characters in a row of a longer secret are replaced too: texts are cut, and the cut may go through a
    secret. Secrets shorter than four characters are refused: replacing them would eat ordinary text.
    """

    def __init__(self) -> None:
        self._short: set[str] = set()
        self._pieces: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, *secrets: str, public: str = "") -> None:
        """Remember ``secrets``; empty ones are ignored. Raises ValueError for one that is too short.

        What a secret has in common with ``public`` stays readable: a file of a private key holds its public key too,
        which begins like every other public key of its type.
        """
        for secret in filter(None, secrets):
            if len(secret) < _SHORTEST:
                raise ValueError(f"a secret of {len(secret)} characters cannot be redacted")
        with self._lock:
            shown = _pieces(public)
            for secret in (one for one in secrets if one and one not in public):
                pieces = _pieces(secret) - shown
                telling = {piece for piece in pieces if len(set(piece)) >= _FEWEST_CHARACTERS}
                self._pieces |= telling
                if len(secret) < _PIECE or telling != pieces:
                    self._short.add(secret)
            longest_first = sorted(self._short, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """Return ``text`` without secrets."""
        text = _PRIVATE_KEY.sub(MARK, text)
        if self._pattern:
            text = self._pattern.sub(MARK, text)
        return "".join(self._without_pieces(text))

    def _without_pieces(self, text: str) -> Iterator[str]:
        shown = start = 0
        while start <= len(text) - _PIECE:
            if text[start : start + _PIECE] not in self._pieces:
                start += 1
                continue
            yield text[shown:start] + MARK
            while text[start : start + _PIECE] in self._pieces:
                start += 1
            shown = start = start + _PIECE - 1
        yield text[shown:]


def _pieces(text: str) -> set[str]:
    return {text[start : start + _PIECE] for start in range(len(text) - _PIECE + 1)}
