"""One tunnel: one ``autossh -M 0 -N``, from the request to its end. autossh's log tells when it starts ssh again."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
from typing_extensions import override

from harness.adapter.protocol import StatusOk
from harness.adapters.openssh import diagnosis, tunnel

if TYPE_CHECKING:
    from harness.adapter.profile import Reconnect
    from harness.adapter.protocol import ErrorDetail

_LOG = re.compile(r"\S+ \S+ autossh\[\d+\]: (?P<said>.*)")
_STARTS = re.compile("starting ssh ")
_ENDED = re.compile(r"ssh exited .*restarting ssh")


def settings(reconnect: Reconnect) -> dict[str, str]:
    """Return what autossh is told by its environment (autossh(1)); without a setting of the profile, nothing."""
    if reconnect.attempts is None and reconnect.first_delay is None and reconnect.max_delay is None:
        return {}
    counted = {} if reconnect.attempts is None else {"AUTOSSH_MAXSTART": str(reconnect.attempts + 1)}
    return {"AUTOSSH_GATETIME": "0", **counted}


class Tunnel(tunnel.Tunnel):
    """A tunnel through autossh."""

    @override
    def _command(self) -> tuple[str, ...]:
        _, *options = super()._command()
        return ("autossh", "-M", "0", *options)

    @override
    def _settings(self) -> dict[str, str]:
        return {**super()._settings(), "AUTOSSH_LOGFILE": "/dev/stderr", **settings(self._profile.reconnect)}

    @override
    def _stop(self, verdict: ErrorDetail) -> None:
        """End ssh alone once there has been a session: whether a refused login is tried again is autossh's to say."""
        if not self._ready.done():
            super()._stop(verdict)
            return
        for process in self._family()[1:]:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    @override
    def _heard(self, line: str) -> None:
        log = _LOG.fullmatch(line)
        if log is None:
            super()._heard(line)
        elif _STARTS.match(log["said"]):
            self._lines.clear()
            self._given.clear()
        elif _ENDED.match(log["said"]) and self._status.state == "connected" and not self._closing:
            error = diagnosis.lost(list(self._lines))
            self._status = StatusOk(state="reconnecting", error=error)
            self._user.event(self._name, "reconnecting", error)
