"""The argument of ProxyJump: a list of ``[user@]host[:port]`` or ``ssh://[user@]host[:port]``, or ``none``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tunnel_impl.ssh_config.words import Directive

_URI = "ssh://"
_PLACE = re.compile(r"(?:\[(?P<address>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>[0-9]{0,5}))?")
_HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Stop:
    """A server to pass, as it was asked for. ``via`` are the stops before it, None where its own block decides."""

    name: str
    user: str | None = None
    port: int | None = None
    via: tuple[Stop, ...] | None = None


def stops(directive: Directive) -> tuple[Stop, ...]:
    """Return the stops in the order in which they are passed. Raises TunnelError naming the one that is wrong."""
    text = directive.text.partition("#")[0].strip()
    if text.lower() == "none":
        return ()
    return tuple(_stop(directive, one) for one in text.split(","))


def _stop(directive: Directive, text: str) -> Stop:
    is_uri = text.startswith(_URI)
    user, at, place = text.removeprefix(_URI).rpartition("@")
    place = place.removesuffix("/") if is_uri else place
    if is_uri:
        user, place = unquote(user.partition(";")[0]), unquote(place)
    found = _PLACE.fullmatch(place)
    name = (found["address"] or found["name"]) if found else None
    port = int(found["port"]) if found and found["port"] else None
    if not name or (at and not user) or (port is not None and not 1 <= port <= _HIGHEST_PORT):
        raise directive.error(f"{text!r} is no jump host; write [user@]host[:port], and an IPv6 address in brackets")
    return Stop(name, user or None, port)
