"""Makes the adapter's profile out of what a scenario says of its tunnel, the world and the secrets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from harness.adapter import profile as wire
from harness.address import Address
from harness.errors import UsageError
from harness.scenario.language.tunnel import HostKeysSpec, KeySpec, LocalSpec, TargetSpec, TunnelSpec
from harness.scenario.login.credentials import Login
from harness.scenario.login.key_files import public_line
from harness.scenario.login.logins import Logins
from harness.scenario.props import store
from harness.scenario.props.names import name_of
from harness.world.fabric import HostKey, World

NOWHERE = "nowhere.invalid"
"""A name that no resolver knows (RFC 6761, section 6.4)."""
UNKNOWN_SERVER = name_of("nobody")
"""A name that the scenario's resolver says does not exist."""

_NO_WAY = "239.255.0.1"
"""A multicast address (RFC 2365, section 6.1): no TCP connection leads there, and the kernel says so at once."""
_SSH_PORT = 22
"""The port of SSH (RFC 4253, section 4.1)."""


@dataclass(frozen=True)
class ProfileBuilder:
    """Everything that a profile is made of; files go into ``folder``."""

    world: World
    logins: Logins
    folder: Path

    @property
    def store(self) -> Path:
        """The known_hosts file that the implementation is told to use."""
        return self.folder / "known_hosts"

    def route(self, spec: TunnelSpec) -> tuple[str, ...]:
        """Return the bastions that the tunnel passes. Raises UsageError for one that is not there."""
        topology = self.world.topology
        route = spec.via or topology.bastions
        for node in route:
            if node not in topology.servers:
                raise UsageError(
                    f"{topology.name} has no bastion {node!r}; its bastions: {', '.join(topology.servers)}"
                )
        return route

    def build(self, spec: TunnelSpec, *, again: int = 0) -> wire.Profile:
        """Return the profile, its key files, agents and store made; ``again`` is the port that the tunnel had."""
        first, *_ = *jumps, last = self.route(spec)
        self._dialled(first, spec)
        self._lay_out_store(spec.host_keys)
        address = self._dialled(last, spec) if not jumps else self.world.address(last)
        login = self.login(last)
        return wire.Profile(
            ssh=wire.Endpoint(
                host=address.host, port=_port(address, spec), user=login.user, host_key_alias=_alias(last, spec)
            ),
            auth=self.logins.auth(spec.logins.get(last, spec.auth), login, self.folder_of(last)),
            totp=self.logins.totp(spec.totp, self.world.setup(last).totp),
            jumps=tuple(self._jump(node, spec) for node in jumps),
            host_keys=wire.HostKeys(file=str(self.store), unknown=spec.host_keys.unknown),
            target=self._target(spec),
            local=self._local(spec.local, again),
            keepalive=wire.KeepAlive(**({} if spec.keepalive == "default" else spec.keepalive.model_dump())),
            reconnect=wire.Reconnect(**spec.reconnect.model_dump()),
            timeouts=wire.Timeouts(**spec.timeouts.model_dump()),
        )

    def environment(self, spec: TunnelSpec) -> dict[str, str]:
        """Return what the adapter's environment must say for this tunnel."""
        return self.logins.environment(spec.auth, self.login(self.route(spec)[-1]))

    def login(self, node: str) -> Login:
        """Return who may log in at ``node``, as its present setup has it."""
        setup = self.world.setup(node)
        login = self.logins.credentials.login(node)
        return replace(login, user=setup.user, password=setup.password or login.password)

    def folder_of(self, node: str) -> Path:
        """Return the folder for what a user has of ``node``."""
        folder = self.folder / node
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def dialled(self, node: str) -> Address:
        """Return how the profiles that were built so far name the server."""
        return self.logins.props.names.given().get(node, self.world.address(node))

    def kept_as(self, node: str, spec: HostKeysSpec) -> Address:
        """Return the place under which the store has the keys of ``node``: an alias has the usual port, or none."""
        return Address(store.alias(node), _SSH_PORT) if node in spec.aliased else self.dialled(node)

    def _dialled(self, node: str, spec: TunnelSpec) -> Address:
        """Return where the client dials the first server: its address, or a name that leads there."""
        address = self.world.address(node)
        match spec.dial:
            case "address":
                return address
            case "name":
                return self.logins.props.names.name(node, address)
            case "unknown-name":
                return Address(UNKNOWN_SERVER, address.port)
            case "no-way":
                return Address(_NO_WAY, address.port)
            case "http" | "mysql" as language:
                return self.logins.props.stranger(language)

    def _local(self, spec: LocalSpec, again: int) -> wire.Local:
        if spec.host == "default":
            return wire.Local(host=None, port=again if spec.port == "again" else 0)
        host = self.logins.props.private_host if spec.host == "private" else spec.host
        match spec.port:
            case "busy":
                return wire.Local(host=host, port=self.logins.props.busy_port(host))
            case "again":
                return wire.Local(host=host, port=again)
            case port:
                return wire.Local(host=host, port=port)

    def _jump(self, node: str, spec: TunnelSpec) -> wire.Jump:
        first = node == self.route(spec)[0]
        address = self._dialled(node, spec) if first else self.world.address(node)
        login = self.login(node)
        chosen = spec.logins.get(node, spec.jumps.get(node, KeySpec(method="key")))
        auth = self.logins.auth(chosen, login, self.folder_of(node))
        return wire.Jump(
            host=address.host,
            port=_port(address, spec),
            user=login.user,
            auth=auth,
            host_key_alias=_alias(node, spec),
        )

    def _target(self, spec: TunnelSpec) -> wire.Target | wire.SocketTarget:
        seen = self.world.address(self.world.topology.target)
        match spec.target:
            case "target":
                return wire.Target(host=seen.host, port=seen.port)
            case "nowhere":
                return wire.Target(host=NOWHERE, port=seen.port)
            case "localhost" | "loopback" | "address" as form:
                place = self.world.target_as(form)
                return wire.Target(host=place.host, port=place.port)
            case "socket":
                return wire.SocketTarget(path=self.world.target_socket())
            case "postgresql" | "mariadb" as engine:
                database = self.world.database(engine)
                return wire.Target(host=database["host"], port=int(database["port"]))
            case TargetSpec(host=host, port=port):
                return wire.Target(host=host, port=port)

    def _lay_out_store(self, spec: HostKeysSpec) -> None:
        if self.store.exists() or spec.known == "nothing":
            return
        topology = self.world.topology
        authority = HostKey("", public_line(self.logins.credentials.host_authority))
        lines = (self._lines_of(node, spec, authority) for node in topology.servers)
        self.store.write_text(store.whole(lines, spec))
        self.store.chmod(0o600)

    def _lines_of(self, node: str, spec: HostKeysSpec, authority: HostKey) -> str:
        said = spec if spec.of is None or node in spec.of else HostKeysSpec()
        keys = (authority,) if said.known == "authority" else self.world.setup(node).host_keys
        return store.text(((self.kept_as(node, spec), key) for key in keys), said)


def _alias(node: str, spec: TunnelSpec) -> str | None:
    return store.alias(node) if node in spec.host_keys.aliased else None


def _port(address: Address, spec: TunnelSpec) -> int | None:
    """Return the port as the profile gives it: None for SSH's own, where the scenario leaves that out."""
    return None if spec.ports == "default" and address.port == _SSH_PORT else address.port
