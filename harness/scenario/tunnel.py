"""``tunnel:`` of a scenario: what its author says of the tunnel, before hosts and secrets are known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from harness.adapter.profile import Port
from harness.model import Model
from harness.units import Duration

KeyType = Literal["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa"]


class KeyFile(Model):
    """How the private key is kept on disk; ``stranger`` is a key that no bastion knows."""

    type: KeyType = "ed25519"
    format: Literal["openssh", "pem", "pkcs8"] = "openssh"
    encrypted: bool = False
    stranger: bool = False
    missing: bool = False


class PasswordSpec(Model):
    """Log in with a password."""

    method: Literal["password"]
    password: Literal["right", "wrong"] = "right"


class KeySpec(Model):
    """Log in with a private key file; ``passphrase`` matters where the key is encrypted."""

    method: Literal["key"]
    key: KeyFile = KeyFile()
    passphrase: Literal["right", "wrong", "none"] = "right"


class AgentSpec(Model):
    """Log in with an agent that holds ``keys`` keys, the right one last.

    ``socket``: ``given`` in the profile, ``environment`` (SSH_AUTH_SOCK), or ``missing`` (a path where nothing is).
    """

    method: Literal["agent"]
    keys: Annotated[int, Field(ge=0, le=20)] = 1
    socket: Literal["given", "environment", "missing"] = "given"


def spelled_out(value: Any) -> Any:  # noqa: ANN401 -- raw YAML
    """Return ``auth: password`` as the mapping that it stands for."""
    return {"method": value} if isinstance(value, str) else value


AuthSpec = Annotated[
    PasswordSpec | KeySpec | AgentSpec,
    Field(discriminator="method"),
    BeforeValidator(spelled_out),
]


class KeepAliveSpec(Model):
    """Keep-alive: silence before a probe, and how many unanswered ones mean death."""

    interval: Duration = 60.0
    count: Annotated[int, Field(ge=1)] = 3


class ReconnectSpec(Model):
    """Reconnecting: delays double from ``first_delay`` to ``max_delay``."""

    attempts: Annotated[int, Field(ge=0)] = 10
    first_delay: Duration = 2.0
    max_delay: Duration = 120.0


class TimeoutsSpec(Model):
    """Bounds for connecting and for opening one channel."""

    connect: Duration = 10.0
    open: Duration = 10.0


class HostKeysSpec(Model):
    """What the store holds before the tunnel is opened, and what to do with an unknown key.

    ``known``: ``nothing``, ``current`` (the bastions' real keys), or ``other`` (keys they never had).
    """

    known: Literal["nothing", "current", "other"] = "current"
    unknown: Literal["ask", "reject"] = "ask"


class TargetSpec(Model):
    """A target by the name and port that the last bastion sees."""

    host: str
    port: Port


class LocalSpec(Model):
    """Where to listen; ``port`` 0 lets the implementation choose, ``busy`` is one that is taken."""

    host: str = "127.0.0.1"
    port: Literal[0, "busy"] = 0


class TunnelSpec(Model):
    """The tunnel of a scenario.

    ``target``: the probe ``target``, ``nowhere`` (a name that the bastion cannot resolve), a real database by
    its engine, or a host and port.
    """

    auth: AuthSpec = KeySpec(method="key")
    host_keys: HostKeysSpec = HostKeysSpec()
    target: Literal["target", "nowhere", "postgresql"] | TargetSpec = "target"
    local: LocalSpec = LocalSpec()
    keepalive: KeepAliveSpec = KeepAliveSpec()
    reconnect: ReconnectSpec = ReconnectSpec()
    timeouts: TimeoutsSpec = TimeoutsSpec()

    def features(self) -> frozenset[str]:
        """Return what an adapter must support to be given this tunnel; settings that are left out are not relied on."""
        asks = {"host-keys.ask"} if self.host_keys == HostKeysSpec(known="nothing") else set()
        relies_on = {"keepalive", "reconnect"} & self.model_fields_set
        return frozenset({f"auth.{self.auth.method}", *asks, *relies_on})

    def needs(self) -> frozenset[str]:
        """Return what the fabric must have, in the words of Fabric.missing."""
        return frozenset({f"database:{self.target}"} if self.target == "postgresql" else ())
