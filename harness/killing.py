"""The kill matrix: every faulty tunnel, the scenario that must reject it, and the reason it must give.

A faulty tunnel is a file ``tests/faulty/<area>/<name>.py``: an adapter with exactly one defect, which its docstring
tells. Its ``REJECTED_BY`` maps the ids of scenarios to the way they say no: the step that fails, and what no other
cause would make it expect or observe. A scenario that no faulty tunnel fails has never been seen to say no.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError, model_validator
from typing_extensions import override

from harness import resources
from harness.adapter.registry import resolve
from harness.errors import UsageError
from harness.model import Model
from harness.scenario.language.model import Scenario
from harness.scenario.runner import Runner
from harness.scenario.shipped import shipped_scenarios
from harness.text.suggestions import did_you_mean
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_CRASH = "Traceback (most recent call last)"


class Rejection(Model):
    """How a scenario says no.

    ``step`` is the action of the step that fails, such as ``open`` or ``expect connections``. ``expected`` and
    ``observed`` are parts of what the failure says of each, which no other cause would make it say.
    """

    step: str
    expected: str = ""
    observed: str = ""

    @override
    def __str__(self) -> str:
        parts = {"expected": self.expected, "observed": self.observed}
        return f"the step {self.step!r}, {', '.join(f'{name} {part!r}' for name, part in parts.items() if part)}"

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.expected and not self.observed:
            raise ValueError("a step may fail for many reasons")
        return self

    def is_met_by(self, result: Result) -> bool:
        """Tell whether a scenario failed in this way."""
        failed = result.steps[-1].action if result.steps else ""
        return (
            failed == self.step
            and self.expected in (result.expected or "")
            and self.observed in (result.observed or "")
        )


_REJECTIONS: TypeAdapter[dict[str, Rejection]] = TypeAdapter(dict[str, Rejection])


@dataclass(frozen=True)
class Faulty:
    """A faulty tunnel: its one defect in a sentence, and how each scenario that rejects it says no.

    ``crashes``: the defect is that its code raises an exception.
    """

    file: Path
    defect: str
    rejected_by: Mapping[str, Rejection]
    crashes: bool = False


@dataclass(frozen=True)
class Kill:
    """One cell of the matrix."""

    tunnel: str
    scenario: Scenario
    rejection: Rejection
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
        if _CRASH in result.adapter_log and not self.crashes:
            return f"crashed instead of doing wrong: {result.adapter_log.strip().splitlines()[-1]}"
        if result.verdict is not Verdict.FAIL:
            return f"{result.verdict}: {result.reason}".rstrip(": ")
        if not self.rejection.is_met_by(result):
            step = f", in the step {result.steps[-1].action!r}" if result.steps else ""
            return f"failed for another reason{step}: {result.reason}; REJECTED_BY has {self.rejection}"
        return None


@cache
def faulty_tunnels() -> dict[str, Faulty]:
    """Return every faulty tunnel by name. Raises UsageError for a file that does not say what rejects it."""
    return {file.stem: _read(file) for file in resources.faulty_tunnels()}


def _read(file: Path) -> Faulty:
    """Read what a faulty tunnel says of itself, without running it."""
    module = ast.parse(file.read_text(encoding="utf-8"), str(file))
    said: dict[str, Any] = {}
    for statement in module.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="REJECTED_BY" | "CRASHES" as name)], value=value):
                said[name] = ast.literal_eval(value)
    defect = ast.get_docstring(module)
    try:
        rejected_by = _REJECTIONS.validate_python(said.get("REJECTED_BY"))
    except ValidationError:
        rejected_by = {}
    if not defect or not rejected_by:
        raise UsageError(
            f"{file}: a faulty tunnel says in its docstring what is wrong with it, and in REJECTED_BY which scenarios "
            'reject it, each with the step that fails and part of what it expected or observed: {"step": "open", '
            '"observed": "auth-failed"}'
        )
    return Faulty(file, defect, rejected_by, crashes=said.get("CRASHES", False))


def kills(tunnels: Iterable[str] = ()) -> tuple[Kill, ...]:
    """Return the cells of the matrix, of all faulty tunnels or of these, by name or file.

    Raises UsageError for unknown names.
    """
    known, scenarios = faulty_tunnels(), shipped_scenarios()
    cells = []
    for name in tuple(one if one in known else Path(one).stem for one in tunnels) or known:
        if name not in known:
            raise UsageError(
                f"there is no faulty tunnel {name!r}{did_you_mean(name, known, most=3)}; "
                "`tunspec selftest --list` names them all"
            )
        for scenario, rejection in known[name].rejected_by.items():
            if scenario not in scenarios:
                raise UsageError(
                    f"{known[name].file}: REJECTED_BY names {scenario!r}, which is not a scenario"
                    f"{did_you_mean(scenario, scenarios)}"
                )
            cells.append(Kill(name, scenarios[scenario], rejection, known[name].crashes))
    return tuple(cells)


def never_said_no() -> tuple[str, ...]:
    """Return the files (without cases) of scenarios that no faulty tunnel is rejected by."""
    stems = {name.partition("[")[0] for name in shipped_scenarios()}
    killers = {name.partition("[")[0] for one in faulty_tunnels().values() for name in one.rejected_by}
    return tuple(sorted(stems - killers))
