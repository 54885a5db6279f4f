"""Keeps secrets out of every log, report and timeline."""

from __future__ import annotations

import re
import threading

MARK = "[redacted]"
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_SHORTEST = 4
_SHORTEST_PART = 6


class Redactor:
    """Replaces every secret it was told of, and every private key, by a mark.

    The beginning or the end of a secret is replaced too where it has six characters or more: texts are cut, and
    the cut may go through a secret. Secrets shorter than four characters are refused: replacing them would eat
    ordinary text.
    """

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def learn(self, *secrets: str) -> None:
        """Remember ``secrets``; empty ones are ignored. Raises ValueError for one that is too short."""
        for secret in filter(None, secrets):
            if len(secret) < _SHORTEST:
                raise ValueError(f"a secret of {len(secret)} characters cannot be redacted")
        with self._lock:
            self._secrets.update(filter(None, secrets))
            longest_first = sorted(set().union(*map(_parts, self._secrets)), key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        text = _PRIVATE_KEY.sub(MARK, text)
        return self._pattern.sub(MARK, text) if self._pattern else text


def _parts(secret: str) -> set[str]:
    lengths = range(_SHORTEST_PART, len(secret))
    return {secret, *(secret[:length] for length in lengths), *(secret[-length:] for length in lengths)}
