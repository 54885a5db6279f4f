"""The configuration file that makes ``ssh`` do what a profile says; ssh_config(5)."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.adapter.profile import (
    ONE_PASSWORD,
    AgentAuth,
    KeyAuth,
    KeyboardInteractiveAuth,
    NoAuth,
    PasswordAuth,
    SocketTarget,
)
from harness.adapters.command.failure import failed

if TYPE_CHECKING:
    from harness.adapter.profile import Auth, Endpoint, Profile


@dataclass(frozen=True)
class Hop:
    """One SSH server on the way, and how to log in there."""

    number: int
    endpoint: Endpoint
    auth: Auth

    @property
    def alias(self) -> str:
        """Its name in the configuration file."""
        return f"hop{self.number}"


def hops(profile: Profile) -> tuple[Hop, ...]:
    """Return every server in the order in which they are reached."""
    way = (*((jump, jump.auth) for jump in profile.jumps), (profile.ssh, profile.auth))
    return tuple(Hop(number, endpoint, auth) for number, (endpoint, auth) in enumerate(way))


def agent_socket(given: str) -> str:
    """Return the path of an agent's socket, which a profile may have by a name."""
    return f"~/{ONE_PASSWORD}" if given == "1password" else given


def hop_log(folder: Path, hop: Hop) -> Path:
    """Return where the ``ssh`` of a jump writes what it has to say."""
    return folder / f"{hop.alias}.log"


def port(endpoint: Endpoint) -> int:
    """Return the server's port; SSH's own where the profile gives none (RFC 4253, section 4)."""
    return endpoint.port or 22


def local_host(profile: Profile) -> str:
    """Return where the tunnel listens; ssh's own default is loopback (ssh_config(5), LocalForward)."""
    return profile.local.host or "127.0.0.1"


def render(profile: Profile, folder: Path, local_port: int) -> str:
    """Return the configuration for a tunnel that listens at ``local_port``. Raises Failure (``bad-profile``)."""
    chain = hops(profile)
    sections: list[tuple[str, ...]] = []
    for before, hop in zip((None, *chain), chain, strict=False):
        lines = [f"Host {hop.alias}", *_endpoint(hop.endpoint), *_auth(hop.auth)]
        if before is not None:
            lines.append(f"ProxyCommand {_through(before, hop, folder)}")
        if hop is chain[-1]:
            lines.append(f"LocalForward {_address(local_host(profile), local_port)} {_target(profile)}")
        sections.append(tuple(lines))
    sections.append(("Host *", *_common(profile)))
    return "".join("\n  ".join(lines) + "\n" for lines in sections)


def _endpoint(endpoint: Endpoint) -> tuple[str, ...]:
    alias = (f"HostKeyAlias {_quoted(endpoint.host_key_alias)}",) if endpoint.host_key_alias else ()
    return (
        f"HostName {_expanded(endpoint.host)}",
        f"Port {port(endpoint)}",
        f"User {_quoted(endpoint.user)}",
        *alias,
    )


def _auth(auth: Auth) -> tuple[str, ...]:
    """Name the credentials; which methods follow one another is left to ssh and the server."""
    match auth:
        case PasswordAuth() | KeyboardInteractiveAuth() | NoAuth():
            return ("PubkeyAuthentication no",)
        case KeyAuth(file=file):
            return f"IdentityFile {_file(file)}", "IdentitiesOnly yes", "IdentityAgent none"
        case AgentAuth(socket=socket, file=file):
            return (
                f"IdentityAgent {_file(agent_socket(socket)) if socket else 'SSH_AUTH_SOCK'}",
                f"IdentityFile {_file(file) if file else 'none'}",
                f"IdentitiesOnly {'yes' if file else 'no'}",
            )


def _common(profile: Profile) -> tuple[str, ...]:
    strict = "ask" if profile.host_keys.unknown == "ask" else "yes"
    return (
        f"UserKnownHostsFile {_file(profile.host_keys.file)}",
        "GlobalKnownHostsFile /dev/null",
        f"StrictHostKeyChecking {strict}",
        "UpdateHostKeys no",
        "HashKnownHosts no",
        "CheckHostIP no",
        "VerifyHostKeyDNS no",
        *_whole("ServerAliveInterval", profile.keepalive.interval),
        *_whole("ServerAliveCountMax", profile.keepalive.count),
        *_whole("ConnectTimeout", profile.timeouts.connect),
        "ExitOnForwardFailure yes",
        "LogLevel DEBUG1",
        "ForwardAgent no",
        "ControlMaster no",
        "ControlPath none",
    )


def _through(before: Hop, hop: Hop, folder: Path) -> str:
    way = f"[{hop.endpoint.host}]:{port(hop.endpoint)}".replace("%", "%%")
    log = shlex.quote(str(hop_log(folder, before)))
    command = ("env", f"TUNSPEC_HOP={before.number}", "ssh", "-F", str(folder / "config"), "-W", way)
    return f"{shlex.join((*command, before.alias))} 2>{log}"


def _target(profile: Profile) -> str:
    if isinstance(profile.target, SocketTarget):
        return _socket(profile.target.path)
    host = profile.target.host
    if not host or "/" in host:
        raise failed("bad-profile", f"the target host {host!r} is neither a name nor an address")
    return _address(host, profile.target.port)


def _socket(path: str) -> str:
    if not path.startswith("/"):
        raise failed("bad-profile", f"ssh takes {path!r} as a host; give the whole path of the socket, from / on")
    return _expanded(path)


def _address(host: str, port: int) -> str:
    return _quoted(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def _file(path: str) -> str:
    """Quote a path below the home that ``HOME`` names; ssh itself asks the user database (getpwuid(3)) for ``~``."""
    return _expanded(str(Path(path).expanduser()))


def _expanded(value: str) -> str:
    """Quote a value in which ssh would replace ``%`` tokens."""
    if "${" in value:
        raise failed("bad-profile", f"ssh cannot take {value!r}: it would replace what stands in ${{…}}")
    return _quoted(value.replace("%", "%%"))


def _quoted(value: str) -> str:
    if not value or any(character in value for character in "\n\r\0"):
        raise failed("bad-profile", f"ssh cannot take {value!r} in its configuration")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _whole(option: str, value: float | None) -> tuple[str, ...]:
    """Set an option that takes whole numbers; what the profile does not give is ssh's own."""
    return () if value is None else (f"{option} {math.ceil(value)}",)
