"""The command lines that make ``dbclient`` do what a profile says; dbclient(1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.adapter.profile import AgentAuth, KeyAuth, SocketTarget
from harness.adapters.command.failure import NotSupported, failed

if TYPE_CHECKING:
    from pathlib import Path

    from harness.adapter.profile import Endpoint, Profile

KEEPALIVES = 3
"""Unanswered ones after which dbclient gives up: DEFAULT_KEEPALIVE_LIMIT in default_options.h, and no option."""

SSH_PORT = 22


def check(profile: Profile) -> None:
    """Raise NotSupported for what no option of dbclient's says, and Failure for what cannot be a command line."""
    if isinstance(profile.target, SocketTarget):
        raise NotSupported("target.socket")
    hops = (*profile.jumps, profile.ssh)
    for auth in (*(jump.auth for jump in profile.jumps), profile.auth):
        if isinstance(auth, KeyAuth) and auth.passphrase is not None:
            raise NotSupported("auth.key: dropbearconvert opens no encrypted key")
        if isinstance(auth, AgentAuth) and auth.file is not None:
            raise NotSupported("auth.agent: dbclient offers every key of the agent")
    if any(hop.host_key_alias for hop in hops):
        raise NotSupported("host-keys.alias")
    through = (profile.target.host, profile.local.host or "", *(hop.host for hop in hops[1:]))
    if any(":" in name for name in through):
        raise NotSupported("IPv6: dbclient does not accept a colon in the addresses of -L and -B")
    interval, count = profile.keepalive.interval, profile.keepalive.count
    if interval and (interval != int(interval) or (count or KEEPALIVES) != KEEPALIVES):
        raise NotSupported(f"keepalive: dbclient counts whole seconds, and always up to {KEEPALIVES}")
    for hop in hops:
        if not hop.user or not hop.host or hop.host[0] == "-" or any(letter in hop.host for letter in "@,^/"):
            raise failed("bad-profile", f"dbclient cannot take {hop.user!r} at {hop.host!r}")


def port_of(endpoint: Endpoint) -> int:
    """Return the port of a server."""
    return endpoint.port or SSH_PORT


def render(profile: Profile, hop: int, key: Path | None, port: int, way: int | None) -> list[str]:
    """Return the command for one hop, that of the last listens at ``port``; ``way`` is a descriptor to the hop."""
    hops = (*profile.jumps, profile.ssh)
    here = hops[hop]
    command = ["dbclient", "-p", str(port_of(here)), "-l", here.user]
    if key is not None:
        command += ["-i", str(key)]
    if profile.keepalive.interval is not None:
        command += ["-K", str(int(profile.keepalive.interval))]
    if way is not None:
        command += ["-J", f"&{way}"]
    if hop + 1 < len(hops):
        beyond = hops[hop + 1]
        return [*command, "-B", f"{beyond.host}:{port_of(beyond)}", here.host]
    return [*command, "-N", "-o", "ExitOnForwardFailure=yes", "-L", _forward(profile, port), here.host]


def _forward(profile: Profile, port: int) -> str:
    if isinstance(profile.target, SocketTarget):
        raise NotSupported("target.socket")
    listen = f"{profile.local.host}:{port}" if profile.local.host else str(port)
    return f"{listen}:{profile.target.host}:{profile.target.port}"
