"""The profile of a tunnel: frozen values, read from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tunnel_impl.base32 import decode_secret
from tunnel_impl.fields import Fields

LOOPBACK = "127.0.0.1"
SSH_PORT = 22


@dataclass(frozen=True)
class PasswordAuth:
    """The ``password`` method (RFC 4252 §8), or keyboard-interactive where the server offers only that."""

    password: str = field(repr=False)


@dataclass(frozen=True)
class KeyAuth:
    """A private key file; ``~`` is expanded. ``passphrase`` only when the key is encrypted.

    A certificate for it stands in ``<file>-cert.pub`` (ssh-keygen(1), CERTIFICATES), where there is one.
    """

    file: str
    passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class AgentAuth:
    """An SSH agent's socket: a path, ``1password`` for 1Password's default one, ``SSH_AUTH_SOCK`` when None.

    ``file``, a public key, picks one of its keys.
    """

    socket: str | None = None
    file: str | None = None


@dataclass(frozen=True)
class KeyboardInteractiveAuth:
    """The server's prompts (RFC 4256); ``password`` answers a hidden one that asks for the password."""

    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class NoAuth:
    """No credential: the server lets the user in by the method ``none`` (RFC 4252 §5.2)."""


Auth = PasswordAuth | KeyAuth | AgentAuth | KeyboardInteractiveAuth | NoAuth
Algorithm = Literal["SHA1", "SHA256", "SHA512"]


@dataclass(frozen=True)
class GeneratedTotp:
    """One-time codes (RFC 6238) made from ``key``; ``period`` in seconds."""

    key: bytes = field(repr=False)
    algorithm: Algorithm = "SHA1"
    digits: int = 6
    period: int = 30


@dataclass(frozen=True)
class PromptedTotp:
    """One-time codes asked of the user."""


Totp = GeneratedTotp | PromptedTotp
_ALGORITHMS: dict[str, Algorithm] = {"SHA1": "SHA1", "SHA256": "SHA256", "SHA512": "SHA512"}


@dataclass(frozen=True)
class Hop:
    """One SSH server on the way and how to log in there.

    ``host_key_alias`` is the name under which its host key is kept, without the port (ssh_config(5), HostKeyAlias).
    """

    host: str
    port: int
    user: str
    auth: Auth
    totp: Totp | None = None
    host_key_alias: str | None = None

    @property
    def key_place(self) -> tuple[str, int]:
        """The host and port under which its host key is kept; the port of an alias is the usual one."""
        return (self.host_key_alias, SSH_PORT) if self.host_key_alias else (self.host, self.port)

    def __str__(self) -> str:
        return address(self.host, self.port)


@dataclass(frozen=True)
class HostKeys:
    """Where known host keys are kept (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), and what to do with an unknown one."""

    file: Path
    unknown: Literal["ask", "reject"] = "ask"


@dataclass(frozen=True)
class Target:
    """What the tunnel leads to, named as the last SSH server sees it."""

    host: str
    port: int

    def __str__(self) -> str:
        return address(self.host, self.port)


@dataclass(frozen=True)
class SocketTarget:
    """A Unix domain socket, by its path on the last SSH server (OpenSSH's PROTOCOL §2.4)."""

    path: str

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class Local:
    """Where the tunnel listens; port 0 is the first free one from 60000 up to 65000."""

    host: str = LOOPBACK
    port: int = 0


@dataclass(frozen=True)
class KeepAlive:
    """Seconds of silence before a probe, and how many unanswered ones mean death; an interval of 0 is off."""

    interval: float = 60
    count: int = 3


@dataclass(frozen=True)
class Reconnect:
    """How often to try, and seconds between tries: doubling from ``first_delay`` up to ``max_delay``."""

    attempts: int = 10
    first_delay: float = 2
    max_delay: float = 120


@dataclass(frozen=True)
class Timeouts:
    """Seconds for reaching one server and logging in to it, without the user's time; and for one channel."""

    connect: float = 10
    open: float = 10


@dataclass(frozen=True)
class Profile:
    """One tunnel; ``hops`` are its SSH servers in order, the last one reaches the target."""

    hops: tuple[Hop, ...]
    host_keys: HostKeys
    target: Target | SocketTarget
    name: str = "tunnel"
    local: Local = Local()
    keepalive: KeepAlive = KeepAlive()
    reconnect: Reconnect = Reconnect()
    timeouts: Timeouts = Timeouts()

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Profile:
        """Read a profile as the adapter protocol writes it. Raises TunnelError ``bad-profile`` naming the field."""
        with Fields(data, "") as profile:
            return cls(
                hops=(*(read_jump(jump) for jump in profile.sections("jumps")), _last_hop(profile)),
                host_keys=_host_keys(profile.section("host_keys")),
                target=_target(profile.section("target")),
                name=profile.text("name", "tunnel"),
                local=read_local(profile.section("local", {})),
                keepalive=read_keepalive(profile.section("keepalive", {})),
                reconnect=_reconnect(profile.section("reconnect", {})),
                timeouts=_timeouts(profile.section("timeouts", {})),
            )


def address(host: str, port: int) -> str:
    """Return ``host:port`` for people, ``[host]:port`` where the host is an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _last_hop(profile: Fields) -> Hop:
    with profile.section("ssh") as ssh:
        host, port, user = ssh.text("host"), ssh.port("port", SSH_PORT), ssh.text("user")
        alias = ssh.optional_text("host_key_alias")
    return Hop(host, port, user, read_auth(profile.section("auth")), _totp(profile.optional_section("totp")), alias)


def read_jump(jump: Fields) -> Hop:
    """Read a jump host. Raises TunnelError ``bad-profile``."""
    with jump:
        auth = jump.section("auth")
        if auth.text("method") not in {"key", "agent"}:
            raise auth.error("method", "jump hosts log in with a key or an agent; choose one of these")
        host, port, user = jump.text("host"), jump.port("port", SSH_PORT), jump.text("user")
        return Hop(host, port, user, read_auth(auth), host_key_alias=jump.optional_text("host_key_alias"))


def read_auth(auth: Fields) -> Auth:
    """Read a credential. Raises TunnelError ``bad-profile``."""
    with auth:
        match auth.text("method"):
            case "password":
                return PasswordAuth(auth.text("password", empty=True))
            case "key":
                return KeyAuth(auth.text("file"), auth.optional_text("passphrase"))
            case "agent":
                return AgentAuth(auth.optional_text("socket"), auth.optional_text("file"))
            case "keyboard-interactive":
                return KeyboardInteractiveAuth(auth.optional_text("password"))
            case "none":
                return NoAuth()
            case _:
                raise auth.error("method", "choose password, key, agent, keyboard-interactive or none")


def _totp(section: Fields | None) -> Totp | None:
    if section is None:
        return None
    with section:
        match section.text("mode"):
            case "prompt":
                return PromptedTotp()
            case "generate":
                return read_generated_totp(section)
            case _:
                raise section.error("mode", "choose generate or prompt")


def read_generated_totp(section: Fields) -> GeneratedTotp:
    """Read what codes are made of. Raises TunnelError ``bad-profile``."""
    try:
        key = decode_secret(section.text("secret"))
    except ValueError as error:
        advice = f"{error}; copy the text that the authenticator app was set up with"
        raise section.error("secret", advice) from None
    algorithm = _ALGORITHMS.get(section.text("algorithm", "SHA1"))
    digits, period = section.whole("digits", 6), section.whole("period", 30)
    if algorithm is None:
        raise section.error("algorithm", f"choose one of {', '.join(_ALGORITHMS)}")
    if digits not in {6, 8}:
        raise section.error("digits", "choose 6 or 8")
    if period not in {30, 60}:
        raise section.error("period", "choose 30 or 60 seconds")
    return GeneratedTotp(key, algorithm, digits, period)


def _host_keys(section: Fields) -> HostKeys:
    with section:
        unknown = section.text("unknown", "ask")
        if unknown not in {"ask", "reject"}:
            raise section.error("unknown", "choose ask or reject")
        return HostKeys(Path(section.text("file")).expanduser(), "ask" if unknown == "ask" else "reject")


def _target(section: Fields) -> Target | SocketTarget:
    with section:
        path = section.optional_text("path")
        return SocketTarget(path) if path else Target(section.text("host"), section.port("port"))


def read_local(section: Fields) -> Local:
    """Read where to listen. Raises TunnelError ``bad-profile``."""
    with section:
        return Local(section.text("host", LOOPBACK), section.port("port", 0, lowest=0))


def read_keepalive(section: Fields) -> KeepAlive:
    """Read the keep-alives. Raises TunnelError ``bad-profile``."""
    with section:
        return KeepAlive(section.seconds("interval", 60), section.whole("count", 3, lowest=1))


def _reconnect(section: Fields) -> Reconnect:
    with section:
        return Reconnect(
            section.whole("attempts", 10), section.seconds("first_delay", 2), section.seconds("max_delay", 120)
        )


def _timeouts(section: Fields) -> Timeouts:
    with section:
        return Timeouts(section.seconds("connect", 10, above=0), section.seconds("open", 10, above=0))
