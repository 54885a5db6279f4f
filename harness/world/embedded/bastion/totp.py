"""The second factor as an embedded bastion checks it: TOTP (RFC 6238), as google-authenticator(8) does."""

from __future__ import annotations

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyotp import TOTP

_AROUND = (0, -1, 1)
"""The steps that are taken: the present one, one before, one after (WINDOW_SIZE 3)."""
_RATE_PERIOD = 30.0


@dataclass(frozen=True)
class Code:
    """An answer that is a code: of which step, whether that was used, and for how many seconds it is current."""

    step: int
    used: bool
    left: float


@dataclass
class Memory:
    """What outlives the bastion's process, like the user's file of google-authenticator(8).

    ``used`` are the steps whose codes were taken, ``tries`` the moments of the latest attempts, in seconds of
    ``time.time()``.
    """

    used: set[int] = field(default_factory=set)
    tries: list[float] = field(default_factory=list)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Memory:
        """Read what :meth:`document` made; nothing is remembered where it is empty."""
        return cls(set(document.get("used", ())), list(document.get("tries", ())))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"used": sorted(self.used), "tries": self.tries}


class SecondFactor:
    """One user's codes; ``setup`` is as in :class:`harness.world.fabric.TotpSetup`, None where there are none."""

    def __init__(self, setup: Mapping[str, Any] | None, memory: Memory) -> None:
        self.memory = memory
        self._setup = setup
        self._totp = _generator(setup) if setup else None

    @property
    def digits(self) -> int:
        """How long a code is; 0 where there are none."""
        return self._totp.digits if self._totp else 0

    def attempt(self, now: float) -> bool:
        """Count an attempt at ``now`` and tell whether it is let through: refused ones count, too (RATE_LIMIT)."""
        allowed: int | None = self._setup["tries"] if self._setup else None
        if allowed is None:
            return True
        recent = [moment for moment in self.memory.tries if now - _RATE_PERIOD < moment]
        self.memory.tries = [*recent, now][-allowed:]
        return len(recent) < allowed

    def find(self, answer: str, now: float) -> Code | None:
        """Return which code ``answer`` is at ``now``, the freshest where it is several; None where it is none."""
        if self._totp is None:
            return None
        period = self._totp.interval
        present = int(now // period)
        steps = [
            step
            for step in (present + offset for offset in _AROUND)
            if compare_digest(self._totp.generate_otp(step).encode(), answer.encode())
        ]
        codes = [Code(step, step in self.memory.used, (step + 1) * period - now) for step in steps]
        return min(codes, key=lambda code: code.used, default=None)

    def take(self, code: Code) -> bool:
        """Use ``code`` up and tell whether it was good (DISALLOW_REUSE where it may not be used twice)."""
        assert self._setup is not None  # noqa: S101 -- only find makes a code
        self.memory.used.add(code.step)
        return bool(self._setup["reuse"]) or not code.used


def _generator(setup: Mapping[str, Any]) -> TOTP:
    """Return pyotp's generator. Raises ValueError for a secret that is not base32 or too short."""
    import hashlib

    import pyotp

    digest = getattr(hashlib, setup["algorithm"].lower())
    return pyotp.TOTP(setup["secret"], digits=setup["digits"], digest=digest, interval=setup["period"])
