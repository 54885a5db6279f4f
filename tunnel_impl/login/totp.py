"""One-time codes of the time (RFC 6238): each is used once, and none when it is about to expire."""

from __future__ import annotations

import hmac
import threading
import time
from typing import ClassVar

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import GeneratedTotp
from tunnel_impl.questions import Ends


def code_at(totp: GeneratedTotp, step: int) -> str:
    """Return the code of one time step, which is counted from 1970 in periods (RFC 6238 §4, RFC 4226 §5.3)."""
    digest = hmac.digest(totp.key, step.to_bytes(8, "big"), totp.algorithm.lower())
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**totp.digits).zfill(totp.digits)


class Spent:
    """The time steps whose codes were sent, for each secret: every tunnel of the process shares them.

    A server that refuses a code twice (DISALLOW_REUSE of google-authenticator(8)) does so whichever tunnel sent it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._steps: dict[GeneratedTotp, set[int]] = {}

    def of(self, totp: GeneratedTotp) -> set[int]:
        """Return the steps that are spent for this secret and its parameters; the caller holds the lock."""
        return self._steps.setdefault(totp, set())


_SPENT = Spent()


class CodeGenerator:
    """Makes the codes of one secret, none of them twice in this process."""

    least_left: ClassVar[float] = 3.0
    """Seconds that a code must still be good for when it is made."""

    def __init__(self, totp: GeneratedTotp, cancellation: Cancellation) -> None:
        self.totp = totp
        self._cancellation = cancellation

    def next_code(self, session: Ends) -> str:
        """Return a code that was never used before, waiting up to two periods for it.

        Raises TunnelError ``cancelled`` when the tunnel is closed, ``timeout`` when the server hangs up meanwhile.
        """
        over = threading.Event()
        session.when_ended(over.set)
        with self._cancellation.wakes(over.set):
            step, pause = self.claim()
            while pause:
                if self.wait(over, pause):
                    self._cancellation.check()
                    advice = "The server hung up before the next one-time code was due; try again in a minute."
                    raise TunnelError("timeout", advice)
                step, pause = self.claim()
        return code_at(self.totp, step)

    def claim(self) -> tuple[int, float]:
        """Return the present time step and 0 when it may be used, which it now is; else the seconds to its end."""
        with _SPENT.lock:
            now = self.now()
            step = int(now // self.totp.period)
            left = (step + 1) * self.totp.period - now
            if not self.is_usable(step, left):
                return step, left
            _SPENT.of(self.totp).add(step)
            return step, 0

    def is_usable(self, step: int, left: float) -> bool:
        """Tell whether the code of ``step`` may be sent, with ``left`` seconds to its end."""
        return left >= self.least_left and step not in _SPENT.of(self.totp)

    def now(self) -> float:
        """Return the seconds since 1970, as servers count them."""
        return time.time()

    def wait(self, over: threading.Event, seconds: float) -> bool:
        """Wait for ``over``, ``seconds`` at most; return whether it was set."""
        return over.wait(seconds)
