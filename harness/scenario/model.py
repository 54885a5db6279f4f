"""A scenario file as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from harness.model import Model
from harness.scenario.tunnel import TunnelSpec

Level = Literal["must", "should", "may"]

HostKeyAnswer = Literal["accept", "reject"]


class Answers(Model):
    """What the user answers when the implementation asks."""

    unknown_host_key: HostKeyAnswer = "accept"
    changed_host_key: HostKeyAnswer = "reject"


class BastionSpec(Model):
    """How one bastion differs from the ordinary: sshd_config(5) keywords, AuthenticationMethods."""

    policy: dict[str, str] = {}
    methods: str | None = None


class ScenarioFile(Model):
    """What stands in one file, after its cases were spread out."""

    title: Annotated[str, Field(min_length=10, max_length=110)]
    why: str | None = None
    covers: Annotated[tuple[str, ...], Field(min_length=1)]
    topology: str | None = None
    scale: Annotated[float, Field(ge=1)] = 1.0
    tunnel: TunnelSpec = TunnelSpec()
    bastions: dict[str, BastionSpec] = {}
    answers: Answers = Answers()
    steps: Annotated[tuple[Any, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Step:
    """One verb with its arguments, the line it stands on, and its text for people."""

    verb: Any
    line: int
    text: str


@dataclass(frozen=True)
class Scenario:
    """One case of one file: what is run, judged and reported under ``id``."""

    id: str
    area: str
    path: Path
    line: int
    spec: ScenarioFile
    steps: tuple[Step, ...]
    level: Level

    @property
    def title(self) -> str:
        """The sentence that the scenario proves."""
        return self.spec.title

    @property
    def topology(self) -> str | None:
        """The name of its topology; None where no network is needed."""
        return self.spec.topology
