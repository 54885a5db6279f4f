"""The kill matrix: every faulty tunnel, the scenario that must reject it, and the reason it must give.

``tests/faulty/matrix.yaml`` says it: a faulty tunnel is a file ``<name>.py`` beside it, an adapter with exactly
one defect. A scenario that no faulty tunnel fails has never been seen to say no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from pydantic import ValidationError

from harness import documents, resources
from harness.adapter.registry import resolve
from harness.errors import UsageError
from harness.model import Model
from harness.scenario.language.model import Scenario
from harness.scenario.loader import load, looks_like_scenario
from harness.scenario.runner import Runner
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_CRASH = "Traceback (most recent call last)"


class Faulty(Model):
    """A faulty tunnel: its one defect in a sentence, and for each scenario that rejects it a part of the reason.

    ``crashes``: the defect is that its code raises an exception.
    """

    defect: str
    crashes: bool = False
    rejected_by: dict[str, str]


class _Matrix(Model):
    tunnels: dict[str, Faulty]


@dataclass(frozen=True)
class Kill:
    """One cell of the matrix."""

    tunnel: str
    scenario: Scenario
    because: str
    crashes: bool = False

    @property
    def id(self) -> str:
        """A name for a test."""
        return f"{self.tunnel}-{self.scenario.id}"

    def judge(self, runner: Runner) -> Result:
        """Run the scenario against the faulty tunnel."""
        return replace(runner, launch=resolve(f"faulty:{self.tunnel}"))(self.scenario)

    def survived(self, result: Result) -> str | None:
        """Return how the tunnel got away, or None when it was rejected for the stated reason.

        A crash shows that a tunnel's own code is broken, and nothing about the scenario, unless it is the defect.
        """
        if result.verdict is not Verdict.FAIL:
            return f"{result.verdict}: {result.reason}".rstrip(": ")
        if _CRASH in result.adapter_log and not self.crashes:
            return f"crashed instead of doing wrong: {result.adapter_log.strip().splitlines()[-1]}"
        return None if self.because in result.reason else f"failed for another reason: {result.reason}"


@cache
def faulty_tunnels() -> dict[str, Faulty]:
    """Return every faulty tunnel by name. Raises UsageError for a malformed matrix."""
    file = resources.faulty_tunnels() / "matrix.yaml"
    try:
        return _Matrix.model_validate({"tunnels": documents.read(file)}).tunnels
    except ValidationError as error:
        raise UsageError(f"{file}: {error}") from error


@cache
def shipped_scenarios() -> dict[str, Scenario]:
    """Return every scenario that comes with tunspec, by id."""
    files = sorted(resources.scenarios().glob("*/*.yaml"))
    return {one.id: one for file in files if looks_like_scenario(file) for one in load(file)}


def kills(tunnels: Iterable[str] = ()) -> tuple[Kill, ...]:
    """Return the cells of the matrix, of all faulty tunnels or of these. Raises UsageError for unknown names."""
    known, scenarios = faulty_tunnels(), shipped_scenarios()
    cells = []
    for name in tuple(tunnels) or known:
        if name not in known:
            raise UsageError(f"there is no faulty tunnel {name!r}; there are {', '.join(known)}")
        for scenario, because in known[name].rejected_by.items():
            if scenario not in scenarios:
                raise UsageError(f"the kill matrix names {scenario!r} for {name}, which is no scenario")
            cells.append(Kill(name, scenarios[scenario], because, known[name].crashes))
    return tuple(cells)


def never_said_no() -> tuple[str, ...]:
    """Return the files (without cases) of scenarios that no faulty tunnel is rejected by."""
    stems = {name.partition("[")[0] for name in shipped_scenarios()}
    killers = {name.partition("[")[0] for one in faulty_tunnels().values() for name in one.rejected_by}
    return tuple(sorted(stems - killers))
