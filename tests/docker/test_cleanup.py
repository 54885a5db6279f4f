from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import docker.errors
import pytest

from harness.errors import FabricBroken
from harness.run import OWNER_LABEL, RUN_LABEL, Run
from harness.world.docker import DockerFabric, cleanup, engine, images
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
    dead = replace(run, name=f"{run.name}-dead", owner=f"{int(ended.stdout)}-1")
    before = _left(fabric._client, run)
    volume = fabric._client.volumes.create(f"tunspec-test-{dead.name}", labels=engine.labels(dead))
    cleanup()
    with pytest.raises(docker.errors.NotFound):
        volume.reload()
    assert _left(fabric._client, run) == before


def test_another_machines_runs_are_left_alone(fabric: DockerFabric, run: Run) -> None:
    """Who is dead is only known on the machine of the owner, which may not be this one on a shared engine."""
    foreign = replace(run, name=f"{run.name}-foreign", owner="1-1")
    labels = {**engine.labels(foreign), engine.MACHINE_LABEL: "elsewhere"}
    volume = fabric._client.volumes.create(f"tunspec-test-{foreign.name}", labels=labels)
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


def test_images_of_older_recipes_are_removed(fabric: DockerFabric) -> None:
    """Of a recipe the image of its present content stays, and no other; names that are not ours are left alone."""
    base = fabric._client.images.get(images.BASE)
    before = set(base.tags)
    for version in ("present", "older"):
        base.tag("tunspec/recipe-of-a-test", version)
    try:
        images._prune(fabric._client, {"recipe-of-a-test": "tunspec/recipe-of-a-test:present"})
        base.reload()
        assert set(base.tags) == before | {"tunspec/recipe-of-a-test:present"}
    finally:
        fabric._client.images.remove("tunspec/recipe-of-a-test:present")


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
