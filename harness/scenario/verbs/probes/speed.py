"""A verb that measures the tunnel against ``ssh -L`` (ssh(1)) in the same run, over the same links."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.errors import FabricBroken, Failed
from harness.faults.needs import Need, NeedsOfClient
from harness.probe import client
from harness.probe.talk import Way
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.probes.traffic import Probe
from harness.units import Duration, SomeSize

_MESSAGE = 64


class Compare(Probe):
    """Move ``size`` bytes through the tunnel and through ``ssh -L`` alternately; the faster try of each counts.

    ``what``: a ``download``, an ``upload``, or ``round-trips``: messages of 64 bytes, each sent when the one before it
    came back. The tunnel must reach the share ``floor`` of what ssh does. Ratios of one run bear a busy machine.
    """

    verb: ClassVar[str] = "compare"
    shorthand: ClassVar[str | None] = "size"

    size: SomeSize
    floor: Annotated[float, Field(gt=0, le=1)]
    what: Literal["download", "upload", "round-trips"] = "download"
    tries: Annotated[int, Field(ge=1, le=10)] = 2
    within: Duration = 60.0

    def run(self, stage: Stage) -> None:
        """Open the same tunnel with ssh, and measure both. Raises FabricBroken where ssh does not carry the bytes."""
        tunnel = stage.tunnel(self.tunnel)
        way = stage.way(self.tunnel)
        with stage.beside(tunnel.profile) as address:
            beside = way.to(address)
            pairs = [(self._rate(way), self._rate_of_ssh(beside)) for _ in range(self.tries)]
        ours, theirs = (max(rates) for rates in zip(*pairs, strict=True))
        seen = f"{_in_words(ours)}, and {_in_words(theirs)} of ssh -L: {ours / theirs:.2f} of it"
        stage.timeline.add("client", "observation", "compare", seen)
        if ours < self.floor * theirs:
            raise Failed(f"at least {self.floor:g} of the speed of ssh -L", seen)

    def needs(self) -> frozenset[Need]:
        """Return that the client's machine has ssh."""
        return frozenset({NeedsOfClient("ssh")})

    def _rate(self, way: Way) -> float:
        began = time.monotonic()
        match self.what:
            case "download":
                client.download(way, self.size, self.within)
            case "upload":
                client.upload(way, self.size, self.within)
            case "round-trips":
                with closing(client.Held(way, self.within)) as held:
                    for _ in range(0, self.size, _MESSAGE):
                        held.echo(_MESSAGE, self.within)
        return self.size / (time.monotonic() - began)

    def _rate_of_ssh(self, way: Way) -> float:
        try:
            return self._rate(way)
        except Failed as failed:
            raise FabricBroken(f"ssh -L cannot be compared with: {failed}") from failed


def _in_words(rate: float) -> str:
    """Return a rate in bytes a second for a person."""
    return f"{rate / (1 << 20):.1f} MiB/s" if rate >= 1 << 20 else f"{rate / (1 << 10):.1f} KiB/s"
