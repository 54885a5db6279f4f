"""The profile: all that an implementation is told about one tunnel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.model import Model

Port = Annotated[int, Field(ge=1, le=65535)]


class Endpoint(Model):
    """An SSH server and the user to log in as; without a ``port`` it is 22.

    ``host_key_alias`` is the name under which the store knows its key (ssh_config(5), HostKeyAlias).
    """

    host: str
    port: Port | None = None
    user: str
    host_key_alias: str | None = None


class PasswordAuth(Model):
    """The password, sent by the ``password`` method, or by ``keyboard-interactive`` where only that is offered."""

    method: Literal["password"] = "password"
    password: str


class KeyAuth(Model):
    """A private key file; ``passphrase`` only when the key is encrypted.

    A certificate for the key stands beside it, in ``<file>-cert.pub``, where there is one (ssh-keygen(1)).
    """

    method: Literal["key"] = "key"
    file: str
    passphrase: str | None = None


ONE_PASSWORD = "Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"  # noqa: S105 -- a path
"""1Password's default socket, below the user's home (the page, "SSH Agent")."""


class AgentAuth(Model):
    """An SSH agent: ``socket`` is a path (``~`` is the user's home), or ``1password`` for 1Password's default one.

    Without it the agent is the one that ``SSH_AUTH_SOCK`` names. ``file`` (a public key) picks one of its keys.
    """

    method: Literal["agent"] = "agent"
    socket: str | None = None
    file: str | None = None


class KeyboardInteractiveAuth(Model):
    """Prompts; ``password`` answers a hidden prompt that asks for the password."""

    method: Literal["keyboard-interactive"] = "keyboard-interactive"
    password: str | None = None


class NoAuth(Model):
    """No credential at all: the server lets the user in by the method ``none`` (RFC 4252, section 5.2)."""

    method: Literal["none"] = "none"


Auth = Annotated[PasswordAuth | KeyAuth | AgentAuth | KeyboardInteractiveAuth | NoAuth, Field(discriminator="method")]


class GeneratedTotp(Model):
    """Codes made from a base32 ``secret`` (RFC 6238); ``period`` in seconds.

    What is left out has the default that the page promises: SHA1, 6 digits and 30 s.
    """

    mode: Literal["generate"] = "generate"
    secret: str
    algorithm: Literal["SHA1", "SHA256", "SHA512"] | None = None
    digits: Literal[6, 8] | None = None
    period: Literal[30, 60] | None = None


class PromptedTotp(Model):
    """Codes asked of the user, one question for each challenge."""

    mode: Literal["prompt"] = "prompt"


Totp = Annotated[GeneratedTotp | PromptedTotp, Field(discriminator="mode")]


class Jump(Endpoint):
    """A bastion on the way; reached from the one before it."""

    auth: Auth


class HostKeys(Model):
    """Where known host keys are kept (OpenSSH's known_hosts format), and what to do with an unknown one."""

    file: str
    unknown: Literal["ask", "reject"] = "ask"


class Target(Model):
    """What the tunnel leads to, named as the last bastion sees it."""

    host: str
    port: Port


class SocketTarget(Model):
    """A Unix domain socket that the tunnel leads to, by its path on the last bastion (PROTOCOL of OpenSSH, 2.4)."""

    path: Annotated[str, Field(min_length=1)]


class Local(Model):
    """Where the tunnel listens; without a ``host`` at a loopback address, and port 0 lets the implementation choose."""

    host: str | None = None
    port: Annotated[int, Field(ge=0, le=65535)] = 0


class KeepAlive(Model):
    """A probe after ``interval`` seconds of silence; dead after ``count`` without an answer. 0 turns it off.

    What is left out, here and below, has the default that the page promises: 60 s and 3.
    """

    interval: Annotated[float, Field(ge=0)] | None = None
    count: Annotated[int, Field(ge=1)] | None = None


class Reconnect(Model):
    """Delays in seconds double from ``first_delay`` up to ``max_delay``; 0 attempts turn it off.

    Defaults: 10 attempts, 2 s, 120 s.
    """

    attempts: Annotated[int, Field(ge=0)] | None = None
    first_delay: Annotated[float, Field(ge=0)] | None = None
    max_delay: Annotated[float, Field(ge=0)] | None = None


class Timeouts(Model):
    """Seconds: ``connect`` for reaching one server and logging in to it, ``open`` for one channel. Default: 10 each.

    The user's time to answer does not count.
    """

    connect: Annotated[float, Field(gt=0)] | None = None
    open: Annotated[float, Field(gt=0)] | None = None


class Profile(Model):
    """One tunnel: ``ssh`` is the last bastion, ``jumps`` lead to it in order."""

    name: str = "tunnel"
    ssh: Endpoint
    auth: Auth
    totp: Totp | None = None
    jumps: tuple[Jump, ...] = ()
    host_keys: HostKeys
    target: Target | SocketTarget
    local: Local = Local()
    keepalive: KeepAlive = KeepAlive()
    reconnect: Reconnect = Reconnect()
    timeouts: Timeouts = Timeouts()
