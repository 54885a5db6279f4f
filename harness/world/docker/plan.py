"""What to start for a topology: its services and networks as ``docker-compose.yml`` has them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from harness.errors import UsageError
from harness.model import Model
from harness.world.topology import Mark, Topology, compose_document

_WITHOUT_ADDRESS = "com.docker.network.bridge.inhibit_ipv4"
_WITH_PAM = "bastion-totp"


class Attached(Model):
    """How a service is attached to a network; ``aliases`` are further names of it there."""

    aliases: tuple[str, ...] = ()


def _attachments(value: object) -> object:
    if isinstance(value, list):
        return dict.fromkeys(value, Attached())
    if isinstance(value, dict):
        return {name: attached or Attached() for name, attached in value.items()}
    return value


def _recipe(value: object) -> object:
    return PurePosixPath(value).name if isinstance(value, str) else value


class Service(Model):
    """One container: ``recipe`` is its folder under ``containers/``."""

    model_config = ConfigDict(extra="ignore")

    recipe: Annotated[str, BeforeValidator(_recipe), Field(alias="build")]
    networks: Annotated[dict[str, Attached], BeforeValidator(_attachments)]
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    mem_limit: str | None = None
    pids_limit: int | None = None
    init: bool = False
    sysctls: dict[str, int] = Field(default_factory=dict)
    environment: dict[str, str] = Field(default_factory=dict)
    mark: Annotated[Mark, Field(alias="x-tunspec")]


class Network(Model):
    """One network; ``options`` are the bridge driver's."""

    model_config = ConfigDict(extra="ignore")

    internal: bool = False
    options: Annotated[dict[str, str], Field(alias="driver_opts", default_factory=dict)]

    @property
    def has_machine(self) -> bool:
        """Whether the machine has an address on it, so that the harness can reach what is there."""
        return self.options.get(_WITHOUT_ADDRESS) != "true"


class Plan(Model):
    """The services and networks of one topology, by name."""

    services: dict[str, Service]
    networks: dict[str, Network]

    def names_on(self, network: str) -> dict[str, tuple[str, ...]]:
        """Return every service on ``network`` with all its names there."""
        return {
            name: (name, *service.networks[network].aliases)
            for name, service in self.services.items()
            if network in service.networks
        }

    def port(self, name: str) -> int:
        """Return the port on which the service is dialled."""
        return self.services[name].mark.port

    def has_pam(self, name: str) -> bool:
        """Tell whether the service is the bastion with PAM and the scripted server."""
        return self.services[name].recipe == _WITH_PAM

    def known_as(self, name: str) -> str:
        """Return the name by which other nodes call the service: its first alias, else its own."""
        attachments = self.services[name].networks.values()
        return next((alias for attached in attachments for alias in attached.aliases), name)

    def reachable_on(self, name: str) -> str:
        """Return the network on which the harness reaches the service. Raises UsageError when there is none."""
        for network in self.services[name].networks:
            if self.networks[network].has_machine:
                return network
        raise UsageError(f"docker-compose.yml: {name} needs a network without {_WITHOUT_ADDRESS}, for the harness")

    def shared(self, one: str, other: str) -> str:
        """Return a network on which both services are. Raises UsageError when there is none."""
        for network in self.services[one].networks:
            if network in self.services[other].networks:
                return network
        raise UsageError(f"docker-compose.yml: {one} and {other} have no network in common")


def plan(topology: Topology) -> Plan:
    """Read the plan of ``topology``. Raises UsageError when the compose file is malformed."""
    document = compose_document()
    try:
        services = {name: Service.model_validate(document["services"][name]) for name in topology.services}
        used = {network for service in services.values() for network in service.networks}
        networks = {name: Network.model_validate(document["networks"][name] or {}) for name in sorted(used)}
    except (KeyError, TypeError, ValidationError) as error:
        raise UsageError(f"docker-compose.yml: {topology.name} cannot be started: {error}") from error
    return Plan(services=services, networks=networks)
