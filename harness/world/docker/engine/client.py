"""The docker engine: how it is reached, and how a run's things are removed from it."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker.errors
import platformdirs
import requests
from filelock import FileLock
from testcontainers.core import docker_client
from testcontainers.core.config import testcontainers_config

from harness.errors import FabricBroken
from harness.run import OWNER_LABEL, RUN_LABEL, Run
from harness.run.owner import is_gone
from harness.world.docker.engine import elsewhere
from harness.world.docker.engine.obeying import errors, obeying

testcontainers_config.ryuk_disabled = True  # its reaper is one more image to pull; cleanup() does its work

WORLD_LABEL = "org.tunspec.world"
_TIMEOUT = 180
"""Seconds for one request: an engine that starts dozens of containers on a busy machine has taken more than 60."""
_POLL = 0.1


def connect() -> Any:  # noqa: ANN401 -- the docker SDK has no types
    """Return a client of the engine that answers. Raises FabricBroken, telling how to get one."""
    elsewhere.check_transport()
    try:
        _knock(elsewhere.host())
        return docker_client.DockerClient(timeout=_TIMEOUT).client
    except errors() as error:
        raise FabricBroken(f"no docker engine answers ({error}); run scripts/engine, or set DOCKER_HOST") from error


def check() -> None:
    """See that an engine answers, and that it can be used from here. Raises FabricBroken, saying what to do."""
    client = connect()
    try:
        if not elsewhere.is_on_this_machine():
            elsewhere.check_clock(client)
    finally:
        client.close()


def _knock(host: str) -> None:
    """Raise OSError where nothing listens on the engine's socket: the SDK would leave its own socket unclosed."""
    scheme, _, path = host.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(path)


def labels(run: Run, world: str | None = None) -> dict[str, str]:
    """Return the labels of everything that ``run`` starts, or one world of it."""
    return run.labels | ({WORLD_LABEL: world} if world else {})


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
    with lock("cleanup"):
        return sum(remove(client, f"{OWNER_LABEL}={owner}") for owner in _dead_owners(client))


def lock(name: str) -> FileLock:
    """Return a lock that the workers of this user on this machine share."""
    return FileLock(platformdirs.user_cache_path("tunspec", ensure_exists=True) / f"{name}.lock")


def remove(client: Any, label: str) -> int:  # noqa: ANN401 -- the docker SDK has no types
    """Remove every container, network and volume with ``label`` (``key=value``); return how many were removed.

    What cannot be removed keeps nothing else from it. Raises FabricBroken with the first error.
    """
    chosen = {"label": label}
    removed = 0
    failures: list[Exception] = []
    with obeying(f"removing what is labelled {label}"):
        containers = client.containers.list(all=True, filters=chosen, ignore_removed=True)
        with ThreadPoolExecutor(max(1, len(containers))) as pool:
            removed += sum(pool.map(lambda found: _gone(failures, found, force=True, v=True), containers))
        for network in client.networks.list(filters=chosen):
            removed += _gone(failures, network)
        for volume in client.volumes.list(filters=chosen):
            removed += _gone(failures, volume, force=True)
        if failures:
            raise failures[0]
    return removed


def _gone(failures: list[Exception], found: Any, **how: bool) -> bool:  # noqa: ANN401 -- the docker SDK has no types
    """Remove a thing and tell whether that was done here; an error is added to ``failures``."""
    try:
        found.remove(**how)
        return True
    except docker.errors.NotFound:
        return False
    except errors() as error:
        if not (_in_progress(error) and _goes(found)):
            failures.append(error)
        return False


def _in_progress(error: Exception) -> bool:
    """Tell whether somebody else removes the container already."""
    conflict = isinstance(error, docker.errors.APIError) and error.status_code == requests.codes.conflict
    return conflict and "in progress" in str(error)


def _goes(found: Any) -> bool:  # noqa: ANN401 -- the docker SDK has no types
    """Wait until a thing that somebody else removes is gone; tell whether that was seen."""
    end = time.monotonic() + _TIMEOUT
    while time.monotonic() < end:
        try:
            found.reload()
        except docker.errors.NotFound:
            return True
        except errors():
            return False
        time.sleep(_POLL)
    return False


def _dead_owners(client: Any) -> set[str]:  # noqa: ANN401 -- the docker SDK has no types
    owned = {"label": OWNER_LABEL}
    with obeying("looking for what dead runs left"):
        containers = client.api.containers(all=True, filters=owned)
        networks = client.api.networks(filters=owned)
        volumes = client.api.volumes(filters=owned)["Volumes"] or []
    owners = {found["Labels"][OWNER_LABEL] for found in (*containers, *networks, *volumes)}
    return {owner for owner in owners if is_gone(owner)}
