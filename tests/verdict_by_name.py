"""A conftest for pytester: no scenario is run, each gets the verdict that its file is named for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import SimpleNamespace

from harness.errors import FabricBroken, Failed
from harness.items import item
from harness.scenario.language.model import Scenario, Step
from harness.scenario.reproduction import command
from harness.text.redaction import Redactor
from harness.timeline import Entry
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result

REASONS = {
    "fail": "expected the answer; observed silence",
    "unsupported": "auth.agent",
    "not-run": "needs the docker fabric",
    "inconclusive": "stall of to-bastion: no evidence that it took effect",
    "error": "adapter mine sent 'garbage'",
}


class Named:
    """Stands in for Runner."""

    launch = SimpleNamespace(name="mine")
    worlds = SimpleNamespace(fabric=SimpleNamespace(name="embedded"))
    redactor = Redactor()

    def __call__(self, scenario: Scenario, observe: Callable[[Step], AbstractContextManager[object]]) -> Result:
        """Return the verdict that stands in the file's name, before a first dot; a crash ends the process."""
        name = scenario.path.stem.partition(".")[0]
        if name == "crash":
            os._exit(9)
        verdict = Verdict(name if name in set(Verdict) else "pass")
        failed = verdict is Verdict.FAIL
        with suppress(Failed), observe(scenario.steps[0]):
            if failed:
                raise Failed("the answer", "silence")
        return Result(
            scenario=scenario.id,
            title=scenario.title,
            file=str(scenario.path),
            covers=scenario.spec.covers,
            level=scenario.level,
            scope=scenario.scope,
            topology=scenario.topology,
            fabric="embedded",
            implementation=Judged(asked_for="mine", name="mine", version="1", language="C"),
            verdict=verdict,
            reason=REASONS.get(verdict.value, ""),
            expected="the answer" if failed else None,
            observed="silence" if failed else None,
            evidence=("stall of to-bastion: 12 bytes held",) if failed else (),
            reproduce=command(scenario, "mine", "embedded", realtime=False),
            timeline=(Entry(at=1.25, lane="link", kind="fault", source="to-bastion", text="stalled"),),
            adapter_log="hello from the adapter",
        )


@contextmanager
def _named(_implementation: str, fabric: str, *, realtime: bool, sshd: str | None) -> Iterator[Named]:
    del realtime, sshd
    if fabric == "docker":
        raise FabricBroken("the engine went away; start it")
    yield Named()


_REAL = item.open_runner  # type: ignore[attr-defined]  # imported there


def pytest_configure() -> None:
    """Put the stand-in in place."""
    item.open_runner = _named  # type: ignore[attr-defined, assignment]  # replaced on purpose


def pytest_unconfigure() -> None:
    """Take it away again, for pytester runs in the same process."""
    item.open_runner = _REAL  # type: ignore[attr-defined]  # replaced on purpose
