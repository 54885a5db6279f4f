"""From where the start of a window counts: the last packet may be as old as the probe before a tunnel was left idle."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import ClassVar

import pytest

from harness.scenario import runner
from harness.scenario.language.model import Step
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage

from ..standins import Clock

SLOW = 10.0


def step(clock: Clock, one: Nature, asked: float) -> Step:
    """Return a step that takes 10 s on a machine that is held up, whatever it ``asked`` for."""

    class Slow(Verb):
        verb: ClassVar[str] = one
        nature: ClassVar[Nature] = one

        def run(self, stage: Stage) -> None:
            stage.waited += asked
            clock.sleep(SLOW)

    return Step(Slow(), 1, one)


@pytest.mark.parametrize(
    ("natures", "began"),
    [
        (("probes", "breaks"), 0),
        (("probes", "waits"), 0),
        (("probes", "waits", "breaks"), 0.5),
        (("probes", "waits", "waits", "breaks"), 1.0),
        (("probes", "breaks", "waits"), 0),
        (("probes", "probes", "breaks"), SLOW),
        (("probes", "looks", "breaks"), 2 * SLOW),
        (("probes", "acts", "waits"), 2 * SLOW),
        (("probes", "acts"), SLOW),
        (("probes", "breaks", "heals"), 2 * SLOW),
        (("breaks", "waits"), SLOW),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, tuple) else "",
)
def test_the_start_of_a_window_counts_from_the_probe(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, natures: tuple[Nature, ...], began: float
) -> None:
    """And half a second later for each wait since then; what acts or heals is a beginning of its own."""
    clock = Clock()
    start = clock.now
    monkeypatch.setattr(runner, "time", clock)
    steps = tuple(step(clock, one, 0.5 if one == "waits" else 0.0) for one in natures)
    stage.scenario = SimpleNamespace(steps=steps)  # type: ignore[assignment]
    stage.adapter = SimpleNamespace(check=lambda: None)  # type: ignore[assignment]
    stage.world = SimpleNamespace(check=lambda: None)  # type: ignore[assignment]
    runner._run_steps(stage, runner._Account(stage.timeline), lambda _text: nullcontext())
    assert stage.began - start == pytest.approx(began)
