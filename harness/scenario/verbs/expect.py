"""What can be expected: observations from outside, and a few claims of the implementation.

``expect:`` takes one observation. Without ``throughout`` it waits until the observation is met, and judges the
moment by the window ``within``, which :mod:`harness.scenario.stage.clock` measures. With ``throughout`` it must hold
all that time, from now: it is looked once more when the time is over, and what broke afterwards does not count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

from typing_extensions import override

from harness.errors import Failed, Inconclusive
from harness.faults.needs import Need
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.observations import OBSERVATIONS
from harness.scenario.stage.stage import Stage

_POLL = 0.02


class Expect(Verb):
    """See that something is true: within a window of time, or throughout a span of time."""

    verb: ClassVar[str] = "expect"
    nature: ClassVar[Nature] = "looks"

    observation: Observation

    @property
    @override
    def action(self) -> str:
        return f"{self.verb} {self.observation.key}"

    @classmethod
    def read(cls, argument: Any, tunnel: dict[str, Any]) -> Verb:  # noqa: ANN401, ARG003 -- raw YAML
        """Pick the observation by its key. Raises ValueError when there is not exactly one."""
        keys = [key for key in argument if key in OBSERVATIONS] if isinstance(argument, dict) else []
        if len(keys) != 1:
            raise ValueError(f"expect takes exactly one of {', '.join(OBSERVATIONS)}")
        return cls.model_construct(observation=OBSERVATIONS[keys[0]].model_validate(argument))

    def run(self, stage: Stage) -> None:
        """Look until it is so, or for as long as it must be."""
        look = self.observation.watch(stage)
        if self.observation.throughout is None:
            self._wait(stage, look)
        else:
            self._hold(stage, look, self.observation.throughout)

    def takes(self) -> float:
        """Return the span throughout which it must hold, or the start of its window."""
        span = self.observation.throughout
        return self.observation.within.earliest if span is None else span

    def nodes(self) -> tuple[str, ...]:
        """Return the nodes that the observation names."""
        return self.observation.nodes()

    def servers(self) -> tuple[str, ...]:
        """Return the bastions that the observation names."""
        return self.observation.servers()

    def links(self) -> tuple[str, ...]:
        """Return the links that the observation names."""
        return self.observation.links()

    def rehearse(self, so_far: Rehearsal) -> None:
        self.observation.rehearse(so_far)

    def needs(self) -> frozenset[Need]:
        """Return what the observation needs."""
        return self.observation.needs()

    def only_in_full_logs(self) -> bool:
        """Tell whether the observation looks at what only the usual servers have in their logs."""
        return self.observation.only_in_full_logs

    def features(self) -> frozenset[str]:
        """Return the features whose claims the observation reads."""
        return self.observation.features()

    def _wait(self, stage: Stage, look: Callable[[], Reading]) -> None:
        window, clock = self.observation.within, stage.clock
        wanted = f"{self.observation.expected()} within {window}"
        while True:
            sight = look()
            now = time.monotonic()
            if sight.met:
                break
            if clock.is_late(window, now):
                raise self._unmet(wanted, f"{sight.seen} after {now - clock.since:.2f} s")
            time.sleep(_POLL)
        clock.asked_for(window.earliest)
        at = now if sight.at is None else sight.at
        stage.timeline.add("client", "observation", self.observation.key, sight.seen, at=at)
        if clock.is_early(window, at):
            raise self._unmet(wanted, f"{sight.seen} already after {at - clock.began:.2f} s")
        if sight.at is not None and clock.is_late(window, at):
            raise self._unmet(wanted, f"{sight.seen}, but only after {at - clock.since:.2f} s")

    def _unmet(self, wanted: str, seen: str) -> Failed | Inconclusive:
        if self.observation.is_evidence:
            return Inconclusive(f"expected {wanted}; observed {seen}")
        return Failed(wanted, seen)

    def _hold(self, stage: Stage, look: Callable[[], Reading], span: float) -> None:
        wanted = f"{self.observation.expected()} throughout {span:g} s"
        began = time.monotonic()
        until, good, seen = began + span, began, ""
        while True:
            looked = time.monotonic()
            sight = look()
            broke = looked if sight.at is None else sight.at
            if not sight.met and broke < until:
                raise self._unmet(wanted, f"{sight.seen} after {max(0.0, broke - began):.2f} s")
            if not sight.met and sight.at is None:
                since = f"nobody had looked since {good - began:.2f} s"
                raise Inconclusive(f"expected {wanted}; observed {sight.seen} after {looked - began:.2f} s; {since}")
            if sight.met:
                good, seen = looked, sight.seen
            if looked >= until:
                break
            time.sleep(min(_POLL, until - looked))
        stage.clock.asked_for(span)
        stage.timeline.add("client", "observation", self.observation.key, f"{seen} throughout {span:g} s")
