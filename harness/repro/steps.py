"""Steps of the scenario language that no file was written for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from harness.scenario.language.model import Step
from harness.scenario.language.verb import Verb
from harness.scenario.verbs import VERBS


def step(verb: str, /, **arguments: Any) -> Step:  # noqa: ANN401 -- as in a scenario file
    """Return what ``verb`` and its arguments would be in a scenario file. Raises pydantic.ValidationError."""
    return of(VERBS[verb].read(arguments or None, {}), **arguments)


def of(verb: Verb, /, **arguments: object) -> Step:
    """Return the step of a verb; ``arguments`` are only told, for a person."""
    told = ", ".join(f"{name}: {value}" for name, value in arguments.items())
    return Step(verb, 0, f"{verb.verb}: {told}" if told else verb.verb)


def numbered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps in their order, each with its number in place of a line."""
    return tuple(replace(one, line=number) for number, one in enumerate(steps, 1))


def duration(seconds: float) -> str:
    """Return a time as scenario files have it."""
    return f"{round(seconds, 3):.3f}s"
