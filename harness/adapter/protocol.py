"""The adapter protocol, version 1: every message, both ways, one JSON object a line.

The harness writes requests and answers to the adapter's standard input. The adapter writes replies (with the
request's ``id``), events and questions to its standard output. Replies may come in any order, so a ``close``
or ``status`` is answered while an ``open`` waits. ``docs/adapter-protocol.md`` tells the same for authors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from harness.adapter.profile import Profile
from harness.model import Model

VERSION = 1

ErrorCode = Literal[
    "bad-profile",
    "dns-failed",
    "connection-refused",
    "timeout",
    "handshake-failed",
    "connection-lost",
    "host-key-unknown",
    "host-key-changed",
    "auth-failed",
    "totp-rejected",
    "key-not-found",
    "key-unreadable",
    "key-unsupported",
    "wrong-passphrase",
    "agent-unavailable",
    "agent-no-match",
    "jump-failed",
    "forward-refused",
    "forward-prohibited",
    "target-unresolved",
    "port-in-use",
    "bad-url",
    "unsupported-scheme",
    "cancelled",
    "internal",
]

State = Literal["connecting", "connected", "reconnecting", "failed", "closed"]

Feature = Literal[
    "auth.password",
    "auth.key",
    "auth.agent",
    "auth.keyboard-interactive",
    "auth.none",
    "auth.certificate",
    "banner",
    "errors.code",
    "errors.hop",
    "status",
    "timeouts.connect",
    "timeouts.open",
    "target.socket",
    "reopen",
    "totp.generate",
    "totp.prompt",
    "jump",
    "host-keys.ask",
    "host-keys.replace",
    "host-keys.alias",
    "keepalive",
    "keepalive.default",
    "reconnect",
    "test",
    "import-url",
    "import-config",
]
"""What an adapter may say it supports; a scenario that needs anything else of it is ``unsupported``."""

Id = Annotated[int, Field(ge=1)]


# --- harness to adapter ----------------------------------------------------------------------------------


class Hello(Model):
    """The first request: which protocol the harness speaks."""

    id: Id
    do: Literal["hello"] = "hello"
    protocol: Literal[1] = 1


class Open(Model):
    """Open a tunnel; answered when it is connected and listening, or when it is known to have failed.

    Feature ``reopen``: to open a tunnel again that is open, or that is being opened, leaves one tunnel. With the
    same profile the answer is its endpoint; another profile replaces it, and only once the new one has logged in.
    """

    id: Id
    do: Literal["open"] = "open"
    tunnel: str
    profile: Profile


class Close(Model):
    """Stop a tunnel for good, also one that is still opening (its ``open`` is then ``cancelled``)."""

    id: Id
    do: Literal["close"] = "close"
    tunnel: str


class Status(Model):
    """Ask what the implementation believes about a tunnel."""

    id: Id
    do: Literal["status"] = "status"
    tunnel: str


class Test(Model):
    """Connect and authenticate on every hop, then disconnect; no listener is opened."""

    __test__ = False

    id: Id
    do: Literal["test"] = "test"
    profile: Profile


class ImportUrl(Model):
    """Read a connection URL such as ``postgresql+ssh://…`` into a connection."""

    id: Id
    do: Literal["import-url"] = "import-url"
    url: str


class ImportConfig(Model):
    """Read ``host`` from an OpenSSH client configuration ``file``; null is ``~/.ssh/config``.

    Without a ``host`` the answer is the list of hosts that the file names (``ImportConfigHosts``).
    """

    id: Id
    do: Literal["import-config"] = "import-config"
    file: str | None = None
    host: str | None = None


class Bye(Model):
    """Stop everything and exit with status 0."""

    id: Id
    do: Literal["bye"] = "bye"


class Answer(Model):
    """The user's answer to a question; null means that the user cancelled."""

    answer: Id
    value: str | None


Request = Annotated[
    Hello | Open | Close | Status | Test | ImportUrl | ImportConfig | Bye,
    Field(discriminator="do"),
]


# --- adapter to harness ----------------------------------------------------------------------------------


class ErrorDetail(Model):
    """Why something failed: a code for programs, a message a user can act on, the hop (0 is the first)."""

    code: ErrorCode
    message: Annotated[str, Field(min_length=1)]
    hop: Annotated[int, Field(ge=0)] | None = None


class Implementation(Model):
    """The implementation under test, as the adapter introduces it."""

    name: Annotated[str, Field(min_length=1)]
    version: str
    language: str


class HelloOk(Model):
    """The adapter's introduction."""

    protocol: Literal[1]
    implementation: Implementation
    supports: tuple[Feature, ...]


class OpenOk(Model):
    """Where the tunnel listens."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]


class StatusOk(Model):
    """What the implementation believes: its state, its endpoint while it has one, why it last failed."""

    state: State
    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    error: ErrorDetail | None = None


class ImportedServer(Model):
    """An SSH server as an import found it; what was not said is null (the user's settings then decide)."""

    host: str
    port: int | None = None
    user: str | None = None
    password: str | None = None


class ImportedDatabase(Model):
    """The database as the last bastion sees it; ``port`` is the engine's usual one where the URL has none."""

    engine: Literal["mysql", "postgresql", "mariadb"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    user: str | None = None
    password: str | None = None
    name: str | None = None


class ImportUrlOk(Model):
    """What a connection URL says. Without ``usePrivateKey`` and ``useSSHAgent`` the method is ``password``."""

    name: str | None = None
    ssh: ImportedServer
    method: Literal["password", "key", "agent"]
    agent_socket: str | None = None
    database: ImportedDatabase


class ImportedHop(Model):
    """One server of an OpenSSH configuration, its tokens and ``~`` expanded as ssh(1) would."""

    host: str
    port: int
    user: str | None = None
    identity_files: tuple[str, ...] = ()
    identity_agent: str | None = None
    identities_only: bool = False
    certificate_files: tuple[str, ...] = ()
    host_key_alias: str | None = None
    known_hosts_files: tuple[str, ...] = ()


class ImportConfigOk(ImportedHop):
    """What an OpenSSH configuration says of a host; ``jumps`` in the order in which they are passed.

    ``warnings`` name what stands in the file and was left out.
    """

    jumps: tuple[ImportedHop, ...] = ()
    warnings: tuple[str, ...] = ()


class ImportConfigHosts(Model):
    """The hosts that an OpenSSH configuration names: its ``Host`` patterns without wildcards, in the file's order."""

    hosts: tuple[str, ...]


class Empty(Model):
    """Nothing to add: the answer to ``close``, ``test`` and ``bye``."""


class ReplyOk(Model):
    """The request was done; the form of ``ok`` depends on the request."""

    id: Id
    ok: dict[str, Any]


class ReplyError(Model):
    """The request failed."""

    id: Id
    error: ErrorDetail


class ReplyUnsupported(Model):
    """The adapter or its implementation cannot do this; names the feature or the request."""

    id: Id
    unsupported: Annotated[str, Field(min_length=1)]


class StateEvent(Model):
    """A tunnel changed its state; ``error`` says why it is reconnecting or failed."""

    event: Literal["state"]
    tunnel: str
    state: State
    error: ErrorDetail | None = None


class BannerEvent(Model):
    """What a server showed before the login (RFC 4252, section 5.4), its control characters made harmless."""

    event: Literal["banner"]
    tunnel: str
    hop: Annotated[int, Field(ge=0)]
    text: str


class HostKeyQuestion(Model):
    """May this host key be trusted? The answer is ``accept`` or ``reject``."""

    ask: Id
    tunnel: str
    kind: Literal["host-key"]
    hop: Annotated[int, Field(ge=0)]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    type: str
    fingerprint: str
    status: Literal["unknown", "changed"]
    known: str | None = None


class PromptQuestion(Model):
    """What does the user answer to this prompt of the server? ``echo`` is false for hidden input.

    ``name`` and ``instruction`` are those of the round that the prompt belongs to (RFC 4256, section 3.2).
    """

    ask: Id
    tunnel: str
    kind: Literal["prompt"]
    hop: Annotated[int, Field(ge=0)]
    text: str
    echo: bool = False
    name: str = ""
    instruction: str = ""


Reply = ReplyOk | ReplyError | ReplyUnsupported
Event = StateEvent | BannerEvent
Question = Annotated[HostKeyQuestion | PromptQuestion, Field(discriminator="kind")]
FromAdapter = ReplyOk | ReplyError | ReplyUnsupported | StateEvent | BannerEvent | HostKeyQuestion | PromptQuestion
ToAdapter = Hello | Open | Close | Status | Test | ImportUrl | ImportConfig | Bye | Answer

#: Reads a line of the adapter; raises pydantic.ValidationError.
from_adapter: TypeAdapter[FromAdapter] = TypeAdapter(FromAdapter)
to_adapter: TypeAdapter[ToAdapter] = TypeAdapter(ToAdapter)
