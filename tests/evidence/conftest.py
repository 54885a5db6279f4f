"""Runners whose worlds are shared by all rows of a fabric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.scenario.language.model import Scenario, Step
from harness.scenario.loader import load
from harness.scenario.runner import Runner
from harness.session import open_runner
from harness.verdict.result import Result
from harness.world.embedded import world
from harness.world.embedded.machines.node import Node

from .rows import Numb, Row

Read = Callable[[Row], Scenario]
Judge = Callable[[Runner, Row, Numb | None], Result]

_RELAY = str(Path(__file__).with_name("relay_with_numbness.py"))
_SCENARIO = """\
title: A fault without its effect proves nothing
covers: [TUN-1]
topology: {topology}
tunnel: {tunnel}
steps:
"""


def _start(name: str, argv: Sequence[str], *rest: Any) -> Node:
    return Node(name, [_RELAY] if name == "relay" else argv, *rest)


@pytest.fixture(scope="module")
def embedded() -> Iterator[Runner]:
    """What runs scenarios on the embedded fabric, with a relay that can be made numb."""
    with pytest.MonkeyPatch.context() as patched, open_runner("reference", "embedded") as runner:
        patched.setattr(world, "Node", _start)
        yield runner


@pytest.fixture(scope="module")
def docker() -> Iterator[Runner]:
    """What runs scenarios on the docker fabric."""
    with open_runner("reference", "docker") as runner:
        yield runner


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes the scenario of a row to a file, and reads it as the suite does."""

    def load_row(row: Row) -> Scenario:
        path = tmp_path / "numb.yaml"
        steps = "".join(f"  - {step}\n" for step in ("open", "echo", *row.steps))
        path.write_text(_SCENARIO.format(topology=row.topology, tunnel=row.tunnel) + steps)
        (scenario,) = load(path)
        return scenario

    return load_row


@pytest.fixture
def judge(read: Read) -> Judge:
    """Runs the scenario of a row; with ``numb`` its fault is without effect from the step on that breaks."""

    def run(runner: Runner, row: Row, numb: Numb | None) -> Result:
        scenario = read(row)
        (breaks,) = (step for step in scenario.steps if step.verb.nature == "breaks")
        with pytest.MonkeyPatch.context() as patched:

            @contextmanager
            def observe(step: Step) -> Iterator[None]:
                if numb is not None and step == breaks:
                    numb(patched)
                yield

            return runner(scenario, observe)

    return run
