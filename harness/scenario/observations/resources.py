"""Observations of what the implementation's processes hold and use, from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Self

import psutil
from pydantic import Field, model_validator

from harness.model import Model
from harness.scenario.language.observation import OfProcesses, Reading
from harness.scenario.language.rehearsal import Rehearsal, nothing_noted
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage
from harness.units import Duration, SomeSize


class Lingering(OfProcesses):
    """How many TCP sockets of the implementation are left although the peer has ended.

    CLOSE_WAIT in tcp(7): only the program itself can end it.
    """

    key: ClassVar[str] = "close_wait"

    close_wait: Annotated[int, Field(ge=0)]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the sockets of the adapter and its children."""
        family = Family(stage.adapter.pid)

        def look() -> Reading:
            left = sum(state == psutil.CONN_CLOSE_WAIT for state, *_ in family.sockets())
            return Reading(left == self.close_wait, f"{left} sockets in CLOSE_WAIT")

        return look

    def expected(self) -> str:
        return f"{self.close_wait} sockets in CLOSE_WAIT"


class ProcessorTime(OfProcesses):
    """How much processor time the implementation uses from now on, ``throughout`` a span of time.

    A busy machine can only make it smaller.
    """

    key: ClassVar[str] = "cpu_below"

    cpu_below: Duration
    throughout: Duration

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Measure from here."""
        family = Family(stage.adapter.pid)
        before = family.resources().cpu

        def look() -> Reading:
            used = family.resources().cpu - before
            return Reading(used < self.cpu_below, f"{used:.2f} s of processor time")

        return look

    def expected(self) -> str:
        return f"less than {self.cpu_below:g} s of processor time"


class Growth(Model):
    """How much more of each resource there may be than before."""

    processes: int | None = None
    threads: int | None = None
    files: int | None = None
    memory: SomeSize | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError(
                "say which may grow: processes, threads, files, memory; with none of them this is always true"
            )
        return self


class Grown(OfProcesses):
    """By how much the implementation may have grown since ``note``, at most; what is left out is not checked."""

    key: ClassVar[str] = "grown"

    grown: Growth

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Compare with what was noted. Raises UsageError where nothing was."""
        noted = stage.noted
        if noted is None:
            raise nothing_noted()
        family = Family(stage.adapter.pid)
        allowed = self.grown.model_dump(exclude_none=True)

        def look() -> Reading:
            now = family.resources()
            change = {name: getattr(now, name) - getattr(noted, name) for name in allowed}
            seen = ", ".join(f"{name} {_signed(name, value)}" for name, value in change.items())
            return Reading(all(change[name] <= most for name, most in allowed.items()), seen)

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        if not so_far.has_note:
            raise nothing_noted()

    def expected(self) -> str:
        allowed = self.grown.model_dump(exclude_none=True)
        return "at most " + ", ".join(f"{name} {_signed(name, value)}" for name, value in allowed.items())


def _signed(name: str, value: int) -> str:
    return f"{value / (1 << 20):+.1f} MiB" if name == "memory" else f"{value:+d}"
