"""Notices that a server no longer answers (ssh_config(5), ServerAliveInterval and ServerAliveCountMax)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tunnel_impl.clock import now
from tunnel_impl.profile import KeepAlive

_AFTER_SLEEP = 5.0
_LONGEST_PAUSE = 5.0
"""Seconds: timers stand still while the machine is suspended, so the clock that does not is looked at this often."""
_LATE = 1.0
_OVERDUE = 1.5


class Peer(Protocol):
    """The session, as its watchdog sees it."""

    def heard(self) -> float:
        """When the last byte arrived, in seconds of :func:`tunnel_impl.clock.now`."""

    def probe(self) -> None:
        """Ask for a sign of life, without waiting."""


class Watchdog:
    """Probes after ``interval`` seconds of silence and each ``interval`` from then on.

    After ``count`` probes without any byte from the server, and one more interval, it is dead: that is between
    interval x count and interval x (count + 1) seconds after the last byte. When the watchdog itself was stopped
    for longer than an interval (the laptop slept), one probe must be answered soon.
    """

    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        self.interval = keepalive.interval
        self.count = keepalive.count
        self.peer = peer
        self.heard = peer.heard()
        self.due = self.heard + self.interval
        self.unanswered = 0

    def check(self) -> bool:
        """Probe when it is time; return whether the server still counts as alive."""
        if not self.interval:
            return True
        self.listen()
        late = now() - self.due
        if late < 0:
            return True
        if late > max(self.interval, _LATE):
            self.unanswered = self.count
            self.due = now() + min(self.interval, _AFTER_SLEEP)
        elif self.unanswered < self.count:
            self.unanswered += 1
            self.due = now() + self.interval
        else:
            return False
        self.peer.probe()
        return True

    def pause(self) -> float | None:
        """Return the seconds until :meth:`check` has something to do, None for never."""
        return max(0.0, self.due - now()) if self.interval else None

    @property
    def suspicious(self) -> bool:
        """Whether a probe has had no answer for half an interval and more."""
        return now() - self.heard > self.interval * _OVERDUE

    def verdict(self) -> str:
        """Return why the server is taken for dead, as a clause."""
        return f"{self.unanswered} keep-alive probes in a row had no answer for {now() - self.heard:.1f} s"

    def listen(self) -> None:
        """Take note of what was heard: any byte answers all probes."""
        heard = self.peer.heard()
        if heard > self.heard:
            self.heard = heard
            self.due = heard + self.interval
            self.unanswered = 0


class Pack:
    """A watchdog for each hop, the first one first: what a hop carries falls silent with it."""

    def __init__(self, watchdogs: Sequence[Watchdog]) -> None:
        self._watchdogs = watchdogs

    def check(self) -> int | None:
        """Let each probe when it is time; return the hop that is dead, None while all count as alive.

        Hops beyond a dead one may be given up a little before it: the first that lacks answers is to blame.
        """
        alive = [watchdog.check() for watchdog in self._watchdogs]
        if all(alive):
            return None
        return next((hop for hop, watchdog in enumerate(self._watchdogs) if watchdog.suspicious), alive.index(False))

    def pause(self) -> float | None:
        """Return the seconds until :meth:`check` is to be called again, None for never."""
        pauses = [pause for watchdog in self._watchdogs if (pause := watchdog.pause()) is not None]
        return min(*pauses, _LONGEST_PAUSE) if pauses else None

    def verdict(self, hop: int) -> str:
        """Return why the server of ``hop`` is taken for dead, as a clause."""
        return self._watchdogs[hop].verdict()
