"""Topologies, read from ``docker-compose.yml``: the one map of the world, on every fabric.

Services are nodes and links, profiles name topologies, and ``x-tunspec`` says what compose has no word for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from harness import documents, resources
from harness.errors import UsageError
from harness.model import Model


class LinkMark(Model):
    """``x-tunspec`` of a service that stands before a node and listens on ``port`` for it.

    ``also`` gives further nodes their own port on it.
    """

    role: Literal["link"]
    leads_to: str
    port: int = 22
    also: dict[str, int] = Field(default_factory=dict)


class BastionMark(Model):
    """``x-tunspec`` of an SSH server."""

    role: Literal["bastion"]
    port: int = 22


class TargetMark(Model):
    """``x-tunspec`` of the probe target."""

    role: Literal["target"]
    port: int


class DatabaseMark(Model):
    """``x-tunspec`` of a real database."""

    role: Literal["database"]
    engine: Literal["postgresql", "mariadb"]
    port: int


Mark = Annotated[LinkMark | BastionMark | TargetMark | DatabaseMark, Field(discriminator="role")]


class Route(Model):
    """``x-tunspec.topologies.<name>``: the bastions in the order in which a tunnel passes them.

    ``beside`` are bastions at the same address as the first one, on ports of their own.
    """

    about: str
    bastions: tuple[str, ...]
    beside: tuple[str, ...] = ()
    target: str


class _Marked(Model):
    model_config = {"extra": "ignore"}

    mark: Annotated[Mark, Field(alias="x-tunspec")]
    profiles: tuple[str, ...]


class _Topologies(Model):
    topologies: dict[str, Route]


class _Compose(Model):
    model_config = {"extra": "ignore"}

    x_tunspec: Annotated[_Topologies, Field(alias="x-tunspec")]
    services: dict[str, _Marked]


@dataclass(frozen=True)
class Link:
    """The way into ``leads_to``, named ``to-<node>``.

    ``service`` listens on ``port`` for it; it is None where packet filters in the node do the work.
    """

    name: str
    leads_to: str
    service: str | None
    port: int


@dataclass(frozen=True)
class Topology:
    """Nodes and links by name.

    ``bastions`` is the route of a tunnel, in order; ``beside`` are others at the address of the first.
    """

    name: str
    about: str
    bastions: tuple[str, ...]
    beside: tuple[str, ...]
    target: str
    target_port: int
    links: tuple[Link, ...]
    databases: dict[str, str]
    """Engine to service."""
    services: tuple[str, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node that can be frozen, killed or restarted."""
        return (*self.servers, self.target)

    @property
    def servers(self) -> tuple[str, ...]:
        """Every bastion."""
        return (*self.bastions, *self.beside)

    def link(self, name: str) -> Link:
        """Return the link called ``name``. Raises UsageError, naming those there are."""
        for link in self.links:
            if link.name == name:
                return link
        raise UsageError(f"{self.name} has no link {name!r}; its links: {', '.join(one.name for one in self.links)}")


def compose_document(file: Path | None = None) -> dict[str, Any]:
    """Return the compose file as plain data. Raises UsageError when it cannot be read."""
    path = file or resources.compose_file()
    document = documents.read(path)
    if not isinstance(document, dict):
        raise UsageError(f"{path}: not a compose file")
    return document


@cache
def topologies(file: Path | None = None) -> dict[str, Topology]:
    """Return every topology of the compose file, by name. Raises UsageError when the file is malformed."""
    try:
        compose = _Compose.model_validate(compose_document(file))
    except ValidationError as error:
        raise UsageError(f"{file or resources.compose_file()}: {error}") from error
    return {name: _topology(name, route, compose) for name, route in compose.x_tunspec.topologies.items()}


_LINK_PORT = 22


def _topology(name: str, route: Route, compose: _Compose) -> Topology:
    services = {service: marked.mark for service, marked in compose.services.items() if name in marked.profiles}
    for node in (*route.bastions, *route.beside, route.target):
        if node not in services:
            raise UsageError(f"topology {name}: the service {node} is missing or lacks the profile {name}")
    target = services[route.target]
    if not isinstance(target, TargetMark):
        raise UsageError(f"topology {name}: {route.target} is not marked as a target")
    nodes = (*route.bastions, *route.beside, route.target)
    return Topology(
        name=name,
        about=route.about,
        bastions=route.bastions,
        beside=route.beside,
        target=route.target,
        target_port=target.port,
        links=tuple(_link(node, services) for node in nodes),
        databases={mark.engine: service for service, mark in services.items() if isinstance(mark, DatabaseMark)},
        services=tuple(services),
    )


def _link(node: str, services: dict[str, Mark]) -> Link:
    for service, mark in services.items():
        if isinstance(mark, LinkMark) and mark.leads_to == node:
            return Link(f"to-{node}", node, service, mark.port)
        if isinstance(mark, LinkMark) and node in mark.also:
            return Link(f"to-{node}", node, service, mark.also[node])
    return Link(f"to-{node}", node, None, _LINK_PORT)
