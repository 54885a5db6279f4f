"""Each fault, broken on purpose: without its effect there is no evidence, and without evidence nothing is proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, get_args, get_type_hints

import pytest

from harness.faults import model as faults
from harness.faults.needs import NeedsFault
from harness.scenario.runner import Runner
from harness.scenario.verbs.faults import Break
from harness.timeline import Timeline
from harness.verdict.lattice import Verdict
from harness.world import fabrics, host_keys
from harness.world.fabric import BastionSetup
from harness.world.topology import topologies

from .conftest import Judge, Read
from .rows import ROWS, Row
from .undoings import UNDOINGS, Undoing

EMBEDDED = [pytest.param(row, id=row.id) for row in ROWS if row.embedded is not None]
DOCKER = [pytest.param(row, id=row.id) for row in ROWS if row.docker is not None]
SETUP = BastionSetup(user="alice", authorized_keys=(host_keys.make("ed25519").public,))
NO_EVIDENCE = "no evidence that it took effect"
UNDONE = [pytest.param(undoing, id=undoing.id) for undoing in UNDOINGS]
KINDS = (*get_args(faults.Fault), faults.ChangeAddress, faults.Sleep)
"""Without HideName, which only what the tunnel itself looks up can prove."""
PARTS = get_args(get_type_hints(faults.Kill)["part"])


def on(fabric: str) -> list[faults.Fault | faults.ClientFault]:
    """Return the faults that have a row on ``fabric``."""
    return [row.fault for row in ROWS if getattr(row, fabric) is not None]


def made(kind: type[faults.Fault], place: str) -> faults.Fault:
    """Return a fault of this kind there; whatever more it wants to know is a number."""
    wanted = [one for one in fields(kind) if one.default is MISSING]
    return kind(place, *(1000 for _ in wanted[1:]))


@pytest.mark.parametrize("fabric", fabrics.FABRICS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_kind_of_fault_has_a_row_or_cannot_be_done(kind: type[faults.Fault], fabric: str) -> None:
    """What has no row here is nowhere possible, and the fabric says why."""
    if any(isinstance(fault, kind) for fault in on(fabric)):
        return
    for topology in topologies().values():
        for place in (*topology.nodes, *(link.name for link in topology.links)):
            assert fabrics.missing(fabric, topology, frozenset({NeedsFault(made(kind, place))}))


@pytest.mark.parametrize("fabric", fabrics.FABRICS)
def test_each_part_of_a_server_that_can_be_killed_has_a_row(fabric: str) -> None:
    """Each part dies in a way of its own, and proves it so."""
    assert {fault.part for fault in on(fabric) if isinstance(fault, faults.Kill)} == set(PARTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_the_scenario_of_a_row_has_its_fault(row: Row, read: Read) -> None:
    """The steps break what the row says, once."""
    (breaks,) = (step.verb for step in read(row).steps if step.verb.nature == "breaks")
    fault = breaks.fault() if isinstance(breaks, Break) else row.fault
    assert (fault, breaks.verb.replace("_", "-")) == (row.fault, row.fault.kind)


@pytest.mark.parametrize("row", EMBEDDED)
def test_a_fault_is_proven(row: Row, embedded: Runner, judge: Judge) -> None:
    """The fault takes effect, and its evidence says so."""
    result = judge(embedded, row, None)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@pytest.mark.parametrize("row", EMBEDDED)
def test_a_fault_without_effect_is_inconclusive(row: Row, embedded: Runner, judge: Judge) -> None:
    """The same scenario, passed by the same tunnel, proves nothing when the fault was none."""
    result = judge(embedded, row, row.embedded)
    assert (result.verdict, NO_EVIDENCE in result.reason) == (Verdict.INCONCLUSIVE, True), result.reason


@pytest.mark.docker
@pytest.mark.parametrize("row", DOCKER)
def test_a_fault_is_proven_on_docker(row: Row, docker: Runner, judge: Judge) -> None:
    """The fault takes effect, and its evidence says so."""
    result = judge(docker, row, None)
    assert (result.verdict, result.reason) == (Verdict.PASS, "")


@pytest.mark.docker
@pytest.mark.parametrize("row", DOCKER)
def test_a_fault_without_effect_is_inconclusive_on_docker(row: Row, docker: Runner, judge: Judge) -> None:
    """The same scenario, passed by the same tunnel, proves nothing when the fault was none."""
    result = judge(docker, row, row.docker)
    assert (result.verdict, NO_EVIDENCE in result.reason) == (Verdict.INCONCLUSIVE, True), result.reason


@pytest.mark.parametrize("undoing", UNDONE)
def test_a_fault_that_was_undone_meanwhile_is_not_proven(undoing: Undoing, embedded: Runner) -> None:
    """That it was seen once is no evidence of a fault that must hold."""
    assert seen_and_undone(embedded, undoing.fault, undoing.embedded) == (True, False)


@pytest.mark.docker
@pytest.mark.parametrize("undoing", UNDONE)
def test_a_fault_that_was_undone_meanwhile_is_not_proven_on_docker(undoing: Undoing, docker: Runner) -> None:
    """That it was seen once is no evidence of a fault that must hold."""
    assert seen_and_undone(docker, undoing.fault, undoing.docker) == (True, False)


def seen_and_undone(runner: Runner, fault: faults.Fault, undo: Callable[[Any, Any], object]) -> tuple[bool, bool]:
    """Return whether ``fault`` was proven while it held, and after it was undone behind the harness' back."""
    with runner.worlds.lease(topologies()["single_bastion"]) as leased:
        world: Any = leased
        world.begin(Timeline(), dict.fromkeys(world.topology.servers, SETUP))
        active = world.inject(fault)
        held = active.evidence().proven
        undo(world, active)
        held_on = active.evidence().proven
        world._faults.clear()  # nothing is left to heal
        return held, held_on
