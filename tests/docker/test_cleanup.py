from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import docker.errors
import pytest

from harness.errors import FabricBroken
from harness.run import OWNER_LABEL, RUN_LABEL, Run
from harness.world.docker.engine import client as engine
from harness.world.docker.engine import images
from harness.world.docker.engine.client import cleanup
from harness.world.docker.fabric import DockerFabric
from harness.world.docker.plan import plan
from harness.world.topology import topologies

pytestmark = pytest.mark.docker


def _left(client: Any, run: Run) -> int:
    chosen = {"label": f"{RUN_LABEL}={run.name}"}
    return len(client.containers.list(all=True, filters=chosen)) + len(client.networks.list(filters=chosen))


def test_a_closed_world_leaves_nothing(fabric: DockerFabric, run: Run) -> None:
    """Closing a world removes its containers and networks, and a second time does nothing."""
    before = _left(fabric._client, run)
    world = fabric.build(topologies()["single_bastion"], run.folder, print)
    assert _left(fabric._client, run) == before + 3 + 3
    world.close()
    world.close()
    assert _left(fabric._client, run) == before


def test_cleanup_removes_what_a_run_started(fabric: DockerFabric, run: Run) -> None:
    """Everything with the run's label goes, and nothing of another run."""
    other = replace(run, name=f"{run.name}-other")
    before = _left(fabric._client, run)
    fabric._client.networks.create(f"tunspec-test-{other.name}", labels=engine.labels(other))
    assert cleanup(other.name) == 1
    assert _left(fabric._client, run) == before


def test_what_a_dead_run_left_is_removed_at_the_next_start(fabric: DockerFabric, run: Run) -> None:
    """A volume whose owner has ended is gone after cleanup; those of living owners stay."""
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = replace(
        run, name=f"{run.name}-dead", owner="-".join((str(int(ended.stdout)), "1", *run.owner.split("-")[2:]))
    )
    before = _left(fabric._client, run)
    volume = fabric._client.volumes.create(f"tunspec-test-{dead.name}", labels=engine.labels(dead))
    try:
        cleanup()
        with pytest.raises(docker.errors.NotFound):
            volume.reload()
    finally:
        cleanup(dead.name)
    assert _left(fabric._client, run) == before


def test_another_machines_runs_are_left_alone(fabric: DockerFabric, run: Run) -> None:
    """Who is dead is only known on the machine of the owner, which may not be this one on a shared engine."""
    foreign = replace(run, name=f"{run.name}-foreign", owner=f"1-1-0f0f0f-{run.owner.rpartition('-')[2]}")
    volume = fabric._client.volumes.create(f"tunspec-test-{foreign.name}", labels=engine.labels(foreign))
    try:
        cleanup()
        volume.reload()
    finally:
        volume.remove()


def test_a_second_run_builds_no_image(fabric: DockerFabric) -> None:
    """Images that are there are used as they are."""
    recipes = {service.recipe for service in plan(topologies()["single_bastion"]).services.values()}
    images.ensure(fabric._client, recipes, print)
    said: list[str] = []
    images.ensure(fabric._client, recipes, said.append)
    assert said == []


def test_an_image_that_is_gone_is_looked_for_nowhere_else(fabric: DockerFabric) -> None:
    """The engine refuses to pull what an image is started by."""
    identity = images.ensure(fabric._client, ["bastion"], print)["bastion"]
    assert fabric._client.images.get(identity).id == f"sha256:{identity}"
    with pytest.raises(docker.errors.APIError, match="invalid repository name"):
        fabric._client.images.pull("0" * len(identity))


@pytest.fixture
def two_versions(fabric: DockerFabric) -> Iterator[Any]:
    """An image that is tagged as two versions of a recipe."""
    base = fabric._client.images.get(images.BASE)
    for version in ("present", "older"):
        base.tag("tunspec/recipe-of-a-test", version)
    yield base
    base.reload()
    for left in base.tags:
        if left.startswith("tunspec/recipe-of-a-test:"):
            fabric._client.images.remove(left)


@pytest.mark.parametrize(("unused_for", "left"), [(timedelta(0), {"present"}), (images._KEPT, {"present", "older"})])
def test_older_images_of_a_recipe_are_removed_when_nobody_used_them_lately(
    fabric: DockerFabric, two_versions: Any, unused_for: timedelta, left: set[str]
) -> None:
    """The image of the present content stays; names that are not ours are left alone."""
    before = set(two_versions.tags)
    images._prune(fabric._client, {"recipe-of-a-test": "tunspec/recipe-of-a-test:present"}, unused_for)
    two_versions.reload()
    assert set(two_versions.tags) == before | {f"tunspec/recipe-of-a-test:{version}" for version in left}


def test_an_image_that_is_used_is_not_old(fabric: DockerFabric) -> None:
    """Whoever uses it marks it, however long ago it was built."""
    before = datetime.now(UTC)
    images.ensure(fabric._client, ["bastion"], print)
    image = fabric._client.images.get(images.tag("bastion"))
    assert images._since_tagged(image) <= datetime.now(UTC) - before


@pytest.mark.usefixtures("warm")
def test_everything_carries_the_labels_of_the_run(fabric: DockerFabric, run: Run) -> None:
    """Containers and networks name their run and its owner."""
    for container in fabric._client.containers.list(filters={"label": f"{RUN_LABEL}={run.name}"}):
        assert container.labels[OWNER_LABEL] == run.owner
    assert _left(fabric._client, run) >= 6


def test_without_an_engine_the_message_tells_what_to_do(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """An unreachable engine is the fabric's failure, and the message names scripts/engine."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{run.folder}/no-engine.sock")
    with pytest.raises(FabricBroken, match="scripts/engine"):
        DockerFabric(run)
