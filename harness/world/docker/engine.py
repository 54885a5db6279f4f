"""The docker engine: how it is reached, how its errors are told, and how a run's things are removed from it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker.errors
import requests
from testcontainers.core import docker_client
from testcontainers.core.config import testcontainers_config

from harness.errors import FabricBroken
from harness.run import OWNER_LABEL, RUN_LABEL, Run, owner_is_gone

testcontainers_config.ryuk_disabled = True  # its reaper is one more image to pull; cleanup() does its work

MACHINE_LABEL = "org.tunspec.machine"
WORLD_LABEL = "org.tunspec.world"
_TIMEOUT = 60


def connect() -> Any:  # noqa: ANN401 -- the docker SDK has no types
    """Return a client of the engine that answers. Raises FabricBroken, telling how to get one."""
    try:
        client = docker_client.DockerClient(timeout=_TIMEOUT).client
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise FabricBroken(f"no docker engine answers ({error}); run scripts/engine, or set DOCKER_HOST") from error
    try:
        client.ping()
    except (docker.errors.DockerException, requests.RequestException) as error:
        client.close()
        raise FabricBroken(f"no docker engine answers ({error}); run scripts/engine, or set DOCKER_HOST") from error
    return client


@contextmanager
def obeying(what: str) -> Iterator[None]:
    """Turn an error of the engine while it does ``what`` into FabricBroken."""
    try:
        yield
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        raise FabricBroken(f"{what}: {error}") from error


def machine() -> str:
    """Name the place where a process id means what it means here: the host and its process namespace."""
    namespace = Path("/proc/self/ns/pid")
    return f"{socket.gethostname()} {namespace.readlink() if namespace.exists() else os.name}"


def labels(run: Run, world: str | None = None) -> dict[str, str]:
    """Return the labels of everything that ``run`` starts, or one world of it."""
    return {**run.labels, MACHINE_LABEL: machine()} | ({WORLD_LABEL: world} if world else {})


def cleanup(run_name: str | None = None) -> int:
    """Remove the containers, networks and volumes of the run, or of every dead run of this machine.

    Returns how many things were removed. Raises FabricBroken when the engine does not answer.
    """
    client = connect()
    try:
        return remove_dead(client) if run_name is None else remove_run(client, run_name)
    finally:
        client.close()


def remove_run(client: Any, run_name: str) -> int:  # noqa: ANN401 -- the docker SDK has no types
    """Remove everything of one run; return how many things that were."""
    return remove(client, f"{RUN_LABEL}={run_name}")


def remove_dead(client: Any) -> int:  # noqa: ANN401 -- the docker SDK has no types
    """Remove everything of runs of this machine whose owner is gone; return how many things that were."""
    return sum(remove(client, f"{OWNER_LABEL}={owner}") for owner in _dead_owners(client))


def remove(client: Any, label: str) -> int:  # noqa: ANN401 -- the docker SDK has no types
    """Remove every container, network and volume with ``label`` (``key=value``); return how many there were."""
    chosen = {"label": label}
    removed = 0
    with obeying(f"removing what is labelled {label}"):
        for container in client.containers.list(all=True, filters=chosen, ignore_removed=True):
            removed += _gone(lambda found=container: found.remove(force=True, v=True))
        for network in client.networks.list(filters=chosen):
            removed += _gone(network.remove)
        for volume in client.volumes.list(filters=chosen):
            removed += _gone(lambda found=volume: found.remove(force=True))
    return removed


def _gone(remove_it: Any) -> int:  # noqa: ANN401 -- the docker SDK has no types
    with suppress(docker.errors.NotFound):
        remove_it()
        return 1
    return 0


def _dead_owners(client: Any) -> set[str]:  # noqa: ANN401 -- the docker SDK has no types
    ours = {"label": f"{MACHINE_LABEL}={machine()}"}
    with obeying("looking for what dead runs left"):
        containers = client.api.containers(all=True, filters=ours)
        networks = client.api.networks(filters=ours)
        volumes = client.api.volumes(filters=ours)["Volumes"] or []
    owners = {found["Labels"][OWNER_LABEL] for found in (*containers, *networks, *volumes)}
    return {owner for owner in owners if owner_is_gone(owner)}
