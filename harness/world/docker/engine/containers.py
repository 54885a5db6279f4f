"""Starts containers and puts files into them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docker.types import EndpointConfig, LogConfig
from testcontainers.core.container import DockerContainer

from harness.world.docker.engine.networks import Networks
from harness.world.docker.engine.obeying import obeying
from harness.world.docker.engine.shell import Shell
from harness.world.docker.plan import Plan

_API = "1.41"
_IDLE = ["sleep", "infinity"]
_LOG = LogConfig(type="json-file")


@dataclass(frozen=True)
class Node:
    """A running container of the world: its service's name, its id, and a shell in it."""

    name: str
    container: str
    shell: Shell


@dataclass(frozen=True)
class Site:
    """What all containers of one world share."""

    client: Any
    plan: Plan
    networks: Networks
    images: Mapping[str, str]
    labels: Mapping[str, str]
    world: str


def start(site: Site, name: str, *, environment: Mapping[str, str], idle: bool) -> Node:
    """Start the service ``name`` on all its networks. Raises FabricBroken.

    An ``idle`` one does not run its own command: the harness starts its programs. ``environment`` adds to the
    compose file's.
    """
    service = site.plan.services[name]
    first, *others = service.networks
    container = DockerContainer(site.images[service.recipe])
    container.with_name(f"tunspec-{site.world}-{name}").with_envs(**{**service.environment, **environment})
    container.with_kwargs(
        labels=dict(site.labels),
        hostname=name,
        cap_drop=list(service.cap_drop),
        cap_add=list(service.cap_add),
        security_opt=list(service.security_opt),
        mem_limit=service.mem_limit,
        pids_limit=service.pids_limit,
        init=service.init,
        sysctls=service.sysctls,
        log_config=_LOG,
        extra_hosts=site.networks.hosts_seen_by(name, site.plan),
        network=site.networks.names[first],
        networking_config={site.networks.names[first]: _endpoint(site, first, name)},
    )
    if idle:
        container.with_command(_IDLE)
    with obeying(f"starting {name}"):
        try:
            container.start()
            identity = container.get_container_id()
        finally:
            container.get_docker_client().client.close()
        for network in others:
            site.client.api.connect_container_to_network(
                identity, site.networks.names[network], ipv4_address=site.networks.addresses[network, name]
            )
    return Node(name, identity, Shell(site.client, identity))


def _endpoint(site: Site, network: str, service: str) -> EndpointConfig:
    return EndpointConfig(_API, ipv4_address=site.networks.addresses[network, service])


def put(client: Any, container: str, files: Mapping[str, tuple[str, int]]) -> None:  # noqa: ANN401 -- the docker SDK has no types
    """Write ``files`` (absolute path to content and mode) as root. Raises FabricBroken."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path, (content, mode) in files.items():
            data = content.encode()
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(data), mode
            tar.addfile(entry, io.BytesIO(data))
    with obeying(f"writing files into {container[:12]}"):
        client.api.put_archive(container, "/", packed.getvalue())
