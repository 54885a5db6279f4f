"""Keeps the world of a failed scenario up until somebody presses a key, with a card that says how to look at it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from harness.errors import Failed
from harness.scenario.language.model import Step
from harness.scenario.stage.offline import OfflineStage
from harness.scenario.stage.stage import Stage


def wait(stage: OfflineStage, step: Step, failed: Failed) -> None:
    """Print the card and wait for a line on standard input; its end counts as one."""
    sys.stderr.write("".join(f"{line}\n" for line in card(stage, step, failed)))
    sys.stderr.flush()
    sys.stdin.readline()


def card(stage: OfflineStage, step: Step, failed: Failed) -> Iterator[str]:
    """Yield what there is to look at, secrets included: they are of this scenario only."""
    yield f"\nHELD  {stage.scenario.id} failed at line {step.line}: {step.text}"
    yield f"  expected    {failed.expected}"
    yield f"  observed    {failed.observed}"
    yield f"  adapter     process {stage.adapter.pid}, home {stage.home}"
    if isinstance(stage, Stage):
        yield from _world(stage)
    yield "  press Enter to end it"


def _world(stage: Stage) -> Iterator[str]:
    for name, tunnel in stage.tunnels.items():
        yield f"  tunnel      {name}: {tunnel.address.host}:{tunnel.address.port}"
    for node in stage.world.topology.servers:
        address, login = stage.world.address(node), stage.profiles.login(node)
        yield f"  {node:<11} {login.user}@{address.host}:{address.port}, password {login.password}"
    yield f"  known hosts {stage.profiles.store}"
    yield f"  keys        below {stage.profiles.folder}"
    for fault in stage.faults:
        yield f"  fault       {fault.name}"
