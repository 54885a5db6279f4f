from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping

import pytest

from harness import resources
from harness.killing import Kill, faulty_tunnels, kills
from harness.scenario.demands import needs
from harness.scenario.runner import Runner
from harness.scenario.stage import client_host
from harness.session import open_runner
from harness.verdict.lattice import Verdict
from harness.world.embedded.bastion.policy import parse
from harness.world.fabrics import missing
from harness.world.topology import topologies


def _needs_docker(kill: Kill) -> bool:
    topology = topologies().get(kill.scenario.topology or "")
    _, of_the_fabric = client_host.split(needs(kill.scenario))
    beyond_needs = topology is not None and missing("embedded", topology, of_the_fabric) is not None
    return beyond_needs or not all(_embedded_has(spec.policy) for spec in kill.scenario.spec.bastions.values())


def _embedded_has(policy: Mapping[str, str]) -> bool:
    """Tell whether the embedded bastion can do what a server is to do by its sshd_config(5)."""
    try:
        parse(policy)
    except ValueError:
        return False
    return True


ANYWHERE = [pytest.param(kill, id=kill.id) for kill in kills() if not _needs_docker(kill)]
DAY = int(os.environ["TUNSPEC_DAY"])
SAMPLE = [cell for cell in ANYWHERE if (zlib.crc32(str(cell.id).encode()) + DAY) % 10 == 0]
ON_DOCKER_ONLY = [pytest.param(kill, id=kill.id) for kill in kills() if _needs_docker(kill)]


@pytest.fixture(scope="session")
def embedded() -> Iterator[Runner]:
    """What runs scenarios on the embedded fabric, for all cells of one process."""
    with open_runner("reference", "embedded") as runner:
        yield runner


@pytest.fixture(scope="session")
def docker() -> Iterator[Runner]:
    """What runs scenarios on the docker fabric, for all cells of one process."""
    with open_runner("reference", "docker") as runner:
        yield runner


@pytest.mark.parametrize("kill", ANYWHERE)
def test_a_faulty_tunnel_is_rejected_for_its_defect(kill: Kill, embedded: Runner) -> None:
    """The scenario says fail, and the reason is the one that the matrix names."""
    if reason := client_host.missing(embedded.launch, client_host.split(needs(kill.scenario))[0]):
        pytest.skip(reason)
    assert kill.survived(kill.judge(embedded)) is None


@pytest.mark.parametrize("kill", ON_DOCKER_ONLY)
def test_what_the_embedded_fabric_cannot_run_is_not_run_there(kill: Kill, embedded: Runner) -> None:
    """Such a scenario says nothing of a faulty tunnel, neither pass nor fail."""
    assert kill.judge(embedded).verdict is Verdict.NOT_RUN


@pytest.mark.docker
@pytest.mark.parametrize("kill", ON_DOCKER_ONLY)
def test_a_faulty_tunnel_is_rejected_on_docker_where_nothing_else_can(kill: Kill, docker: Runner) -> None:
    """The scenario says fail, and the reason is the one that the matrix names."""
    assert kill.survived(kill.judge(docker)) is None


@pytest.mark.docker
@pytest.mark.parametrize("kill", SAMPLE)
def test_docker_rejects_it_for_the_same_reason(kill: Kill, docker: Runner) -> None:
    """A tenth of the matrix, another one each day (TUNSPEC_DAY); `tunspec selftest --fabric docker` judges it all."""
    assert kill.survived(kill.judge(docker)) is None


def test_every_faulty_tunnel_has_a_name_of_its_own() -> None:
    """The folder of its area does not belong to the name."""
    assert len(resources.faulty_tunnels()) == len(faulty_tunnels())
