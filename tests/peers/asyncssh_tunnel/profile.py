"""The profile of a request, with this implementation's defaults in the place of ``null``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asyncssh_tunnel.failure import Failure, Unsupported
from asyncssh_tunnel.totp import Generator


@dataclass(frozen=True)
class Server:
    """One hop: where it is, who logs in, with what, and the name that its key is kept under."""

    host: str
    port: int
    user: str
    auth: dict[str, Any]
    alias: str | None


@dataclass(frozen=True)
class Profile:
    """One tunnel's settings; times in seconds."""

    name: str
    servers: tuple[Server, ...]
    totp: Generator | None
    codes_are_asked: bool
    known_hosts: str
    asks_about_keys: bool
    target: tuple[str, int]
    local: tuple[str, int]
    keepalive: tuple[float, int]
    attempts: int
    first_delay: float
    max_delay: float
    connect_seconds: float
    open_seconds: float


def read(given: dict[str, Any]) -> Profile:
    """Read a profile. Raises Failure (``bad-profile``) and Unsupported."""
    if "path" in given["target"]:
        raise Unsupported("target.socket")
    for hop, jump in enumerate(given["jumps"]):
        if jump["auth"]["method"] not in {"key", "agent"}:
            raise Failure("bad-profile", f"{jump['host']}: a jump host takes a key or an agent; choose one", hop)
    totp = given["totp"] or {"mode": "none"}
    keepalive, reconnect, timeouts, local = (
        given.get(key) or {} for key in ("keepalive", "reconnect", "timeouts", "local")
    )
    return Profile(
        name=given["name"],
        servers=(*(_server(jump, jump["auth"]) for jump in given["jumps"]), _server(given["ssh"], given["auth"])),
        totp=Generator.of(totp) if totp["mode"] == "generate" else None,
        codes_are_asked=totp["mode"] == "prompt",
        known_hosts=given["host_keys"]["file"],
        asks_about_keys=given["host_keys"].get("unknown") == "ask",
        target=(given["target"]["host"], given["target"]["port"]),
        local=(local.get("host") or "127.0.0.1", local.get("port") or 0),
        keepalive=(_or(keepalive.get("interval"), 60.0), _or(keepalive.get("count"), 3)),
        attempts=_or(reconnect.get("attempts"), 10),
        first_delay=_or(reconnect.get("first_delay"), 2.0),
        max_delay=_or(reconnect.get("max_delay"), 120.0),
        connect_seconds=_or(timeouts.get("connect"), 10.0),
        open_seconds=_or(timeouts.get("open"), 10.0),
    )


def _server(given: dict[str, Any], auth: dict[str, Any]) -> Server:
    if not given["host"] or not given["user"]:
        raise Failure("bad-profile", "a server needs a host and a user")
    return Server(given["host"], given.get("port") or 22, given["user"], auth, given.get("host_key_alias"))


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
