"""Makes the adapter's profile out of what a scenario says of its tunnel, the world and the secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.adapter import profile as wire
from harness.scenario import store
from harness.scenario.credentials import Credentials, Login, new_key, private_text, public_line
from harness.scenario.props import Props
from harness.scenario.tunnel import (
    AgentSpec,
    AuthSpec,
    HostKeysSpec,
    KeyFile,
    KeySpec,
    PasswordSpec,
    TargetSpec,
    TunnelSpec,
)
from harness.world.fabric import Address, World

NOWHERE = "nowhere.invalid"
"""A name that no resolver knows (RFC 6761, section 6.4)."""


@dataclass(frozen=True)
class ProfileBuilder:
    """Everything that a profile is made of; files go into ``folder``."""

    world: World
    credentials: Credentials
    props: Props
    folder: Path

    @property
    def store(self) -> Path:
        """The known_hosts file that the implementation is told to use."""
        return self.folder / "known_hosts"

    def build(self, spec: TunnelSpec) -> wire.Profile:
        """Return the profile, its key files, agents and store made."""
        *jumps, last = self.world.topology.bastions
        self._lay_out_store(spec.host_keys)
        address = self.world.address(last)
        return wire.Profile(
            ssh=wire.Endpoint(host=address.host, port=address.port, user=self.credentials.login(last).user),
            auth=self._auth(spec.auth, self.credentials.login(last)),
            jumps=tuple(self._jump(node) for node in jumps),
            host_keys=wire.HostKeys(file=str(self.store), unknown=spec.host_keys.unknown),
            target=self._target(spec),
            local=wire.Local(
                host=spec.local.host,
                port=self.props.busy_port(spec.local.host) if spec.local.port == "busy" else spec.local.port,
            ),
            keepalive=wire.KeepAlive(**spec.keepalive.model_dump()),
            reconnect=wire.Reconnect(**spec.reconnect.model_dump()),
            timeouts=wire.Timeouts(**spec.timeouts.model_dump()),
        )

    def environment(self, auth: AuthSpec) -> dict[str, str]:
        """Return what the adapter's environment must say for ``auth``."""
        if isinstance(auth, AgentSpec) and auth.socket == "environment":
            return {"SSH_AUTH_SOCK": str(self._agent(auth, self.credentials.login(self.world.topology.bastions[-1])))}
        return {}

    def _auth(self, spec: AuthSpec, login: Login) -> wire.Auth:
        match spec:
            case PasswordSpec(password=which):
                return wire.PasswordAuth(
                    password=login.password if which == "right" else self.credentials.wrong_password
                )
            case KeySpec(key=form, passphrase=which):
                passphrases = {
                    "right": login.passphrase,
                    "wrong": self.credentials.wrong_passphrase,
                    "none": None,
                }
                return wire.KeyAuth(
                    file=str(login.write_key(form, self.folder)),
                    passphrase=passphrases[which] if form.encrypted else None,
                )
            case AgentSpec(socket="environment"):
                return wire.AgentAuth()
            case AgentSpec(socket="missing"):
                return wire.AgentAuth(socket=str(self.folder / "no-agent-here.sock"))
            case AgentSpec():
                return wire.AgentAuth(socket=str(self._agent(spec, login)))

    def _agent(self, spec: AgentSpec, login: Login) -> Path:
        form = KeyFile()
        strangers = [private_text(new_key("ed25519"), form, None) for _ in range(spec.keys - 1)]
        right = [private_text(login.key(form), form, None)] if spec.keys else []
        return self.props.agent([*strangers, *right])

    def _jump(self, node: str) -> wire.Jump:
        address, login = self.world.address(node), self.credentials.login(node)
        folder = self.folder / node
        folder.mkdir(mode=0o700, exist_ok=True)
        key = wire.KeyAuth(file=str(login.write_key(KeyFile(), folder)))
        return wire.Jump(host=address.host, port=address.port, user=login.user, auth=key)

    def _target(self, spec: TunnelSpec) -> wire.Target:
        seen = self.world.address(self.world.topology.target)
        match spec.target:
            case "target":
                return wire.Target(host=seen.host, port=seen.port)
            case "nowhere":
                return wire.Target(host=NOWHERE, port=seen.port)
            case "postgresql":
                place = self.world.database(spec.target)
                return wire.Target(host=place["host"], port=int(place["port"]))
            case TargetSpec(host=host, port=port):
                return wire.Target(host=host, port=port)

    def _lay_out_store(self, spec: HostKeysSpec) -> None:
        if self.store.exists() or spec.known == "nothing":
            return
        entries: list[tuple[Address, str]] = []
        for node in self.world.topology.bastions:
            for key in self.world.setup(node).host_keys:
                known = key.public if spec.known == "current" else self._other(key.public)
                entries.append((self.world.address(node), known))
        store.write(self.store, entries)

    def _other(self, public: str) -> str:
        name = public.split(maxsplit=1)[0]
        kind = {"ssh-rsa": "rsa", "ssh-ed25519": "ed25519"}.get(name, "ecdsa-256")
        return public_line(new_key(kind))  # type: ignore[arg-type]  # the three names are key types
