"""What becomes of a new client at the tunnel's local end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Literal

from harness.errors import Failed
from harness.probe import client
from harness.probe.talk import Way
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.stage.stage import Stage

_PATIENCE = 2.0
"""Seconds that one client waits for its echo before the next one tries."""
_SIZE = 64


class Endpoint(Observation):
    """Whether a new client is served or not let in at all: ``settled`` means either.

    A tunnel that still listens and drops its clients, or lets them wait, has not settled.
    """

    key: ClassVar[str] = "endpoint"

    endpoint: Literal["settled"]
    tunnel: str = "main"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Dial, at each look anew."""
        way = stage.way(self.tunnel)

        def look() -> Reading:
            came = time.monotonic()
            met, seen = _outcome(way)
            return Reading(met, f"a new client was {seen}", came if met else None)

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)

    def expected(self) -> str:
        return "new clients to be served, or refused"


def _outcome(way: Way) -> tuple[bool, str]:
    try:
        client.echo_once(way, _SIZE, _PATIENCE)
    except Failed as failed:
        refused = isinstance(failed.__cause__, ConnectionRefusedError)
        return refused, "refused" if refused else f"accepted but not served: {failed.observed}"
    return True, "served"
