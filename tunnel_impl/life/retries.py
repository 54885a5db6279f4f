"""A server that hangs up before its banner is often just busy (sshd_config(5), MaxStartups): a few more tries."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tunnel_impl.clock import now
from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import Hop

_FIRST = 0.2
_MOST = 6
_SAYS_BUSY = ("maxstartups", "not allowed at this time")
"""The second are the words of OpenSSH 10, for MaxStartups and for PerSourcePenalties alike."""


class Busy(TunnelError):
    """The server hung up before its banner, and said nothing else than that it has too much to do."""


class Retries:
    """Pauses before further tries, in seconds: doubling, with jitter so that those who were turned away together
    do not come back together; none that would end more than ``limit`` seconds after the first.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit

    def __iter__(self) -> Iterator[float]:
        until = now() + self._limit
        for number in range(_MOST):
            pause = _FIRST * 2**number * random.uniform(0.5, 1.5)  # noqa: S311 -- spreads load, guards nothing
            if now() + pause > until:
                return
            yield pause


def no_banner(hop: Hop, greeting: str, reason: str) -> TunnelError:
    """Return the error for a server that ended the connection before its banner, with what it said until then."""
    said = " ".join(greeting.split())
    if not said or any(words in said.lower() for words in _SAYS_BUSY):
        words = f" ({said})" if said else ""
        advice = (
            f"{hop} closed the connection before its banner{words}; it may be overloaded (MaxStartups), or refuse this "
            "address. Try again later, and check that an SSH server listens there."
        )
        return Busy("handshake-failed", advice)
    advice = f"Check that an SSH server listens there: what came is {said[:200]!r}."
    return TunnelError("handshake-failed", f"{hop} did not send its SSH banner: {reason}. {advice}")
