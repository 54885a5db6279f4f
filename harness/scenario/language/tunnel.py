"""``tunnel:`` of a scenario: what its author says of the tunnel, before hosts and secrets are known."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from harness.adapter.profile import Port
from harness.faults.model import HostKeyType
from harness.faults.needs import Need, NeedsDatabase, NeedsOfClient, NeedsTargetSocket, NeedsUsualPort
from harness.model import Model
from harness.units import Duration

KeyType = Literal["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa", "rsa-4096"]
"""``rsa`` has 2048 bits; one of 4096 is known by a bastion with a ``large_key`` only, for it takes a while to make."""


class KeyFile(Model):
    """How the private key is kept on disk.

    ``stranger``: a key that no bastion knows. ``missing``: no such file. ``unreadable``: mode 0000. ``open_to_others``:
    mode 0644. ``home``: the path starts with ``~``. ``ending``: how the file's lines end, ``cut`` without a newline
    after the last one.
    ``cipher``: one of ``ssh -Q cipher``, for an encrypted key in OpenSSH's format. ``certificate``: no bastion knows
    the key, but its certificate stands beside it, signed by an authority that each of them trusts. ``leftover``: beside
    a key that they know stands a certificate that helps nobody, ``untrusted`` or of ``another-key``. ``blanks``: the
    path has blanks in it. ``ppk`` is PuTTY's format, for RSA keys that are not encrypted. ``content``: what stands in
    the file: the ``private`` key, or instead of it the ``public`` one, the first ``half`` of it, ``noise``, or a key
    of type ``dsa``, which no server takes any more.
    """

    type: KeyType = "ed25519"
    format: Literal["openssh", "pem", "pkcs8", "ppk"] = "openssh"
    content: Literal["private", "public", "half", "noise", "dsa"] = "private"
    encrypted: bool = False
    cipher: str | None = None
    stranger: bool = False
    certificate: bool = False
    leftover: Literal["untrusted", "another-key"] | None = None
    missing: bool = False
    unreadable: bool = False
    open_to_others: bool = False
    home: bool = False
    blanks: bool = False
    ending: Literal["lf", "crlf", "cut"] = "lf"

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if self.format == "ppk" and (self.type != "rsa" or self.encrypted or self.cipher):
            raise ValueError("ppk is for keys of type rsa that are not encrypted")
        return self


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
    """Log in with an agent that holds ``keys`` keys: strangers, and last the right ones of ``types`` (or none).

    ``socket``: ``given`` as a path, ``home`` (a path with ``~``), ``environment`` (SSH_AUTH_SOCK), ``1password``
    (its default path), ``1password-alias`` (the same, but the agent is where people put a link to it), ``missing`` (a
    path where nothing is) or ``none`` (no path and no SSH_AUTH_SOCK).
    ``pick`` names the right key by its public key file. ``thinks``: how long the agent waits for its user's approval
    before it signs; a ``mute`` one accepts connections and never answers. ``key_file``: the right key lies in
    ``~/.ssh/id_ed25519`` as well, where ssh-keygen(1) puts it.
    """

    method: Literal["agent"]
    keys: Annotated[int, Field(ge=0, le=20)] = 1
    types: tuple[KeyType, ...] = ("ed25519",)
    strangers_only: bool = False
    socket: Literal["given", "home", "environment", "1password", "1password-alias", "missing", "none"] = "given"
    pick: bool = False
    thinks: Duration = 0.0
    mute: bool = False
    key_file: bool = False


class KeyboardInteractiveSpec(Model):
    """Log in by prompts; ``password`` is the one that the profile has for them."""

    method: Literal["keyboard-interactive"]
    password: Literal["right", "wrong", "none"] = "right"


class NoSpec(Model):
    """Log in without any credential."""

    method: Literal["none"]


class TotpSpec(Model):
    """The second factor. ``generate`` from a secret, written in one of several ways; or ``prompt`` the user.

    ``wrong`` is another's secret, ``bad`` is not base32. Algorithm, digits and period are the bastion's, except
    where ``parameters`` is ``default``: then the profile does not say them.
    """

    mode: Literal["generate", "prompt"] = "generate"
    secret: Literal["plain", "lower", "spaced", "padded", "wrong", "bad", "empty"] = "plain"
    parameters: Literal["given", "default"] = "given"


def spelled_out(value: Any) -> Any:  # noqa: ANN401 -- raw YAML
    """Return ``auth: password`` as the mapping that it stands for."""
    return {"method": value} if isinstance(value, str) else value


AuthSpec = Annotated[
    PasswordSpec | KeySpec | AgentSpec | KeyboardInteractiveSpec | NoSpec,
    Field(discriminator="method"),
    BeforeValidator(spelled_out),
]


class KeepAliveSpec(Model):
    """Keep-alive: silence before a probe, and how many unanswered ones mean death; what is left out is not said."""

    interval: Duration | None = None
    count: Annotated[int, Field(ge=1, le=1000)] | None = None


class ReconnectSpec(Model):
    """Reconnecting: delays double from ``first_delay`` to ``max_delay``; what is left out is not said."""

    attempts: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    first_delay: Duration | None = None
    max_delay: Duration | None = None


class TimeoutsSpec(Model):
    """Bounds for connecting and for opening one channel; what is left out is not said."""

    connect: Duration | None = None
    open: Duration | None = None


class HostKeysSpec(Model):
    """What the store holds before the tunnel is opened, and what to do with an unknown key.

    ``known``: ``nothing``, ``current`` (the bastions' real keys), ``other`` (keys they never had), ``elsewhere``
    (the real keys, as those of other hosts), or ``authority`` (who signs the bastions' host certificates; with the
    form ``revoked-too`` it is revoked as well). ``types``: only the keys of these types are known. ``form``: how the
    entries are written (sshd(8), known_hosts); ``listed`` is after other names on one line, ``negated`` excepts the
    host from a pattern, ``damaged`` stands among lines that are none, ``revoked-too`` is both known and revoked,
    ``unended`` has no newline at its end, ``stale-type`` is below an RSA key that the host no longer has. ``of``: the
    bastions that this is said of; the store has the real keys of the others, in plain lines. ``aliased``: the
    bastions for which the profile has a host key alias, under which the store has their keys, without a port.
    """

    known: Literal["nothing", "current", "other", "elsewhere", "authority"] = "current"
    types: tuple[HostKeyType, ...] | None = None
    form: Literal[
        "plain",
        "hashed",
        "revoked",
        "revoked-too",
        "wildcard",
        "negated",
        "listed",
        "cert-authority",
        "commented",
        "damaged",
        "unended",
        "stale-type",
    ] = "plain"
    unknown: Literal["ask", "reject"] = "ask"
    of: tuple[str, ...] | None = None
    aliased: tuple[str, ...] = ()


class TargetSpec(Model):
    """A target by the name and port that the last bastion sees."""

    host: str
    port: Port


class LocalSpec(Model):
    """Where to listen; ``port`` 0 lets the implementation choose, ``busy`` is one that is taken.

    ``again`` is the port that the tunnel of this name had when it was last open. ``host``: ``private`` is an address
    of loopback that no other tunnel uses, so that nobody takes a port that is free for a moment; ``default`` is what
    the implementation chooses where the profile does not say.
    """

    host: str = "127.0.0.1"
    port: Literal[0, "busy", "again"] = 0


class TunnelSpec(Model):
    """The tunnel of a scenario.

    ``via`` names the bastions that it passes, where they are not the topology's route; ``jumps`` how it logs in
    at those before the last, where it is not by a key; ``logins`` how it logs in at a bastion wherever that stands
    on the route, whatever ``auth`` and ``jumps`` say. ``target``: the probe ``target`` by its internal name, by
    its ``address``, or as ``localhost`` or ``loopback`` (127.0.0.1) of the last bastion; ``nowhere`` (a name that the
    bastion cannot resolve); ``socket``, a Unix domain socket on the last bastion; a real database by its engine; or a
    host and port. ``dial``: whether the profile gives the first server by its address, by a ``name`` that the suite
    resolves, by an ``unknown-name``, which does not exist, by an address to which there is ``no-way``, or gives in its
    place a port at which ``http`` or ``mysql`` is spoken. ``ports: default`` leaves out each
    server's port where it is 22. ``keepalive: default`` says nothing, and relies on
    keep-alives that are sent all the same.
    """

    auth: AuthSpec = KeySpec(method="key")
    host_keys: HostKeysSpec = HostKeysSpec()
    totp: TotpSpec | None = None
    via: tuple[str, ...] | None = None
    jumps: dict[str, AuthSpec] = {}
    logins: dict[str, AuthSpec] = {}
    dial: Literal["address", "name", "unknown-name", "no-way", "http", "mysql"] = "address"
    ports: Literal["given", "default"] = "given"
    target: (
        Literal["target", "nowhere", "localhost", "loopback", "address", "socket", "postgresql", "mariadb"] | TargetSpec
    ) = "target"
    local: LocalSpec = LocalSpec()
    keepalive: KeepAliveSpec | Literal["default"] = KeepAliveSpec()
    reconnect: ReconnectSpec = ReconnectSpec()
    timeouts: TimeoutsSpec = TimeoutsSpec()

    def features(self) -> frozenset[str]:
        """Return what an adapter must support to be given this tunnel; settings that are left out are not relied on."""
        unknown = self.host_keys.known in {"nothing", "elsewhere"} and self.host_keys.unknown == "ask"
        asks = {"host-keys.ask"} if unknown else set()
        relies_on = {"keepalive", "reconnect"} & self.model_fields_set
        limits = {f"timeouts.{name}" for name, value in self.timeouts if value is not None}
        default = {"keepalive.default"} if self.keepalive == "default" else set()
        second = {f"totp.{self.totp.mode}"} if self.totp else set()
        certified = {"auth.certificate"} if isinstance(self.auth, KeySpec) and self.auth.key.certificate else set()
        leads = {"target.socket"} if self.target == "socket" else set()
        aliased = {"host-keys.alias"} if self.host_keys.aliased else set()
        login = {f"auth.{self.auth.method}", *asks, *second, *certified}
        return frozenset({*login, *relies_on, *limits, *default, *leads, *aliased})

    def servers(self) -> tuple[str, ...]:
        """Return the bastions that it names."""
        return (*(self.via or ()), *self.jumps, *self.logins, *(self.host_keys.of or ()), *self.host_keys.aliased)

    def needs(self) -> frozenset[Need]:
        """Return what the fabric must have, and the client's machine."""
        names: frozenset[Need] = frozenset({NeedsOfClient("names")} if self.dial in {"name", "unknown-name"} else set())
        if self.ports == "default":
            names |= {NeedsUsualPort()}
        if isinstance(self.auth, KeySpec) and self.auth.key.unreadable:
            names |= {NeedsOfClient("modes")}
        match self.target:
            case "postgresql" | "mariadb" as engine:
                return names | {NeedsDatabase(engine)}
            case "socket":
                return names | {NeedsTargetSocket()}
            case _:
                return names
