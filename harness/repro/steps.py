"""Steps of the scenario language that no file was written for, in the words of the person who reports a drop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar

from harness.scenario.language.model import Step
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs import VERBS


def step(words: str, verb: str, /, **arguments: Any) -> Step:  # noqa: ANN401 -- as in a scenario file
    """Return what ``verb`` and its arguments would be in a scenario file, told in ``words``.

    Raises pydantic.ValidationError.
    """
    return of(words, VERBS[verb].read(arguments or None, {}))


def of(words: str, verb: Verb) -> Step:
    """Return the step of a verb. A step without ``words`` is one that nobody needs to be told of."""
    return Step(verb, 0, words)


class Pass(Verb):
    """Let ``time`` seconds pass, which stand for ``real`` ones."""

    verb: ClassVar[str] = "pass"
    nature: ClassVar[Nature] = "waits"

    time: float
    real: float

    def takes(self) -> float:
        """Return the time."""
        return self.time

    def run(self, stage: Stage) -> None:
        """Wait."""
        stage.clock.wait(self.time)


def wait(words: str, played: float, real: float) -> Iterator[Step]:
    """Yield the step that lets ``played`` seconds pass in place of ``real`` ones, if any."""
    if played:
        yield of(words, Pass(time=played, real=max(played, real)))


def numbered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps in their order, each with its number in place of a line."""
    return tuple(replace(one, line=number) for number, one in enumerate(steps, 1))


def duration(seconds: float) -> str:
    """Return a time as scenario files have it."""
    return f"{round(seconds, 3):.3f}s"
