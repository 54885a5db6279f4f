"""The argument of ProxyJump: a list of ``[user@]host[:port]`` or ``ssh://[user@]host[:port]``, or ``none``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tunnel_impl.imports.ssh_config.ports import port_of
from tunnel_impl.imports.ssh_config.words import Directive

_URI = "ssh://"
_PLACE = re.compile(r"(?:\[(?P<address>[^\]]*)\]|(?P<name>[^:/\[\]]*))(?::(?P<port>[^:\[\]]*))?")


@dataclass(frozen=True)
class Stop:
    """A server to pass, as it was asked for. ``via`` are the stops before it, None where its own block decides.

    ``identity_files`` are tried before those of its block; ``alone`` has no block, because no file is read for it.
    """

    name: str
    user: str | None = None
    port: int | None = None
    via: tuple[Stop, ...] | None = None
    identity_files: tuple[str, ...] = ()
    alone: bool = False


def stops(directive: Directive) -> tuple[Stop, ...]:
    """Return the stops in the order in which they are passed. Raises TunnelError naming the one that is wrong."""
    text = directive.text.partition("#")[0].strip()
    if text.lower() == "none":
        return ()
    return tuple(stop(directive, one) for one in text.split(","))


def stop(directive: Directive, text: str) -> Stop:
    """Read one stop. Raises TunnelError."""
    is_uri = text.startswith(_URI)
    user, at, place = text.removeprefix(_URI).rpartition("@")
    place = place.removesuffix("/") if is_uri else place
    if is_uri:
        user, place = unquote(user.partition(";")[0]), unquote(place)
    found = _PLACE.fullmatch(place)
    name = (found["address"] or found["name"]) if found else None
    written = found["port"] if found else None
    port = port_of(written) if written else None
    if not name or (at and not user) or (written and port is None):
        raise directive.error(f"{text!r} is not a jump host; write [user@]host[:port], an IPv6 address in brackets")
    return Stop(name, user or None, port)
