"""Connection URLs that say how to reach a database and the SSH server before it, in the form of TablePlus.

``scheme+ssh://ssh_user@ssh_host:ssh_port/db_user:db_password@db_host/db_name?name=Mine&usePrivateKey=true``

Every part but the SSH host may be left out. Percent-escapes (RFC 3986 section 2.1) are decoded once, after the
URL was taken apart. Of several ``@`` in front of a host the last one separates, so that a password may contain one.
A ``#`` stands for itself, because these URLs have no fragment. A ``/`` or ``?`` in a password has to be escaped: where
its beginning would look like a host and a port, the ``@`` that is left over behind it is refused.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from tunnel_impl.errors import TunnelError

Engine = Literal["mysql", "postgresql", "mariadb"]
Method = Literal["password", "key", "agent"]

_ENGINES: Final[Mapping[str, Engine]] = {
    "mysql+ssh": "mysql",
    "postgresql+ssh": "postgresql",
    "postgres+ssh": "postgresql",
    "mariadb+ssh": "mariadb",
}
USUAL_PORTS: Final[Mapping[Engine, int]] = {"mysql": 3306, "postgresql": 5432, "mariadb": 3306}
_LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65535
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_MALFORMED_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPES = "in a password escape @ as %40, / as %2F, ? as %3F"
_WITH_AT = {"name", "agentsocket"}
_CHOICES = {"true": True, "1": True, "false": False, "0": False, "": False}
_FORMAT = "scheme+ssh://ssh_user@ssh_host:ssh_port/db_user:db_password@db_host/db_name"
_NEVER_IN_A_HOST = re.compile(r"[\s/@?#\[\]\\]")
_UNSEEN = {"Cc", "Cs"}


@dataclass(frozen=True)
class Server:
    """An SSH server; ``port`` and ``user`` are None where the URL leaves them to the user's settings."""

    host: str
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Database:
    """A database as the SSH server sees it."""

    engine: Engine
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    name: str | None = None


@dataclass(frozen=True)
class Connection:
    """What a URL says. ``agent_socket`` is only there when the ``method`` is ``agent``."""

    ssh: Server
    database: Database
    method: Method = "password"
    agent_socket: str | None = None
    name: str | None = None


def parse_url(text: str) -> Connection:
    """Read a connection URL.

    Raises TunnelError ``unsupported-scheme``, which names the scheme, or ``bad-url``, which names the part that
    cannot be read and never quotes a password.
    """
    text = text.strip(" \t\r\n")
    _refuse_unseen(text, "the URL")
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise _bad("the URL", f"it must begin with a scheme and ://, as in {_FORMAT}")
    engine = _ENGINES.get(scheme[1].lower())
    if engine is None:
        known = ", ".join(_ENGINES)
        raise TunnelError("unsupported-scheme", f"{scheme[1].lower()}: there is no such scheme here; use {known}")
    place, _, query = text[scheme.end() :].partition("?")
    server, slash, database = place.partition("/")
    if not slash:
        raise _bad("the URL", f"it ends before the database; write a / after the SSH server, as in {_FORMAT}")
    parameters = _parameters(query)
    method = _method(parameters)
    return Connection(
        ssh=_server(server),
        database=_database(engine, database),
        method=method,
        agent_socket=_optional(parameters.get("agentsocket"), "agentSocket") if method == "agent" else None,
        name=_optional(parameters.get("name", "").replace("+", " "), "name"),
    )


def _server(text: str) -> Server:
    user, password, host, port = _authority(text, "SSH")
    if not host:
        raise _bad("SSH host", f"it is missing; write it after scheme+ssh://, as in {_FORMAT}")
    if user and user.startswith("-"):
        raise _bad("SSH user", "a name cannot begin with a dash, which programs read as an option; fix it")
    return Server(host, port, user, password)


def _database(engine: Engine, text: str) -> Database:
    authority, _, name = text.partition("/")
    refuse_torn(authority, name)
    user, password, host, port = _authority(authority, "database")
    return Database(
        engine, host or _LOOPBACK, port or USUAL_PORTS[engine], user, password, _optional(name, "database name")
    )


def refuse_torn(authority: str, name: str) -> None:
    """Refuse a database name that must be the end of a password, or of an address, which had a slash in it."""
    before, at, after = name.partition("@")
    lacks_user = ":" in authority and "@" not in authority
    if at and (lacks_user or ":" in before or "/" in after):
        raise _bad("database name", f"it contains an @ as an address does; {_ESCAPES}, or %40 in a name")


def _authority(text: str, whose: str) -> tuple[str | None, str | None, str, int | None]:
    userinfo, _, place = text.rpartition("@")
    user, colon, password = userinfo.partition(":")
    host, port = _split_port(place, whose)
    return (
        _optional(user, f"{whose} user"),
        _decoded(password, f"{whose} password") if colon else None,
        _host(host, f"{whose} host"),
        _port(port, f"{whose} port"),
    )


def _split_port(text: str, whose: str) -> tuple[str, str]:
    """Return host and port; the host keeps its brackets."""
    if not text.startswith("["):
        host, _, port = text.partition(":")
        if ":" in port:
            raise _bad(f"{whose} host", "it has several colons; write an IPv6 address in brackets, as in [::1]:22")
        return host, port
    host, bracket, rest = text.partition("]")
    if not bracket or not (rest == "" or rest.startswith(":")):
        raise _bad(f"{whose} host", "its brackets do not match; write [address] or [address]:port")
    return host + bracket, rest[1:]


def _host(text: str, part: str) -> str:
    host = _decoded(text[1:-1] if text.startswith("[") else text, part)
    if text.startswith("["):
        _refuse_other_than_ipv6(host, part)
    elif host.startswith("-"):
        raise _bad(part, "a name cannot begin with a dash, which programs read as an option; fix it")
    elif ":" in host or _NEVER_IN_A_HOST.search(host):
        raise _bad(part, "it is neither a name nor an address; fix it, or write an IPv6 address in brackets")
    return host


def _refuse_other_than_ipv6(host: str, part: str) -> None:
    try:
        ipaddress.IPv6Address(host)
    except ValueError as error:
        raise _bad(part, "the text in brackets is not an IPv6 address; fix it, or leave the brackets out") from error


def _port(text: str, part: str) -> int | None:
    if not text:
        return None
    digits = text.lstrip("0")
    if not text.isascii() or not text.isdigit() or len(digits) > len(str(_HIGHEST_PORT)):
        raise _bad(part, f"write a number from 1 up to {_HIGHEST_PORT}; {_ESCAPES}")
    port = int(text)
    if not 1 <= port <= _HIGHEST_PORT:
        raise _bad(part, f"write a number from 1 up to {_HIGHEST_PORT}")
    return port


def _parameters(query: str) -> dict[str, str]:
    """Return the first value of each parameter, not decoded, by its name in lower case.

    Raises TunnelError ``bad-url`` for an ``@`` where no parameter has one: a password with a ``?`` in it left it over.
    """
    found: dict[str, str] = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if "@" in pair and key.lower() not in _WITH_AT:
            raise _bad("query", f"it contains an @ as an address does; {_ESCAPES}")
        found.setdefault(key.lower(), value)
    return found


def _method(parameters: Mapping[str, str]) -> Method:
    """An agent wins over a key, because it was asked for more specifically."""
    if _choice(parameters, "useSSHAgent"):
        return "agent"
    return "key" if _choice(parameters, "usePrivateKey") else "password"


def _choice(parameters: Mapping[str, str], name: str) -> bool:
    """Read ``true`` or ``1``, ``false`` or ``0``; left out means false. Raises TunnelError ``bad-url`` for another."""
    choice = _CHOICES.get(parameters.get(name.lower(), "").lower())
    if choice is None:
        raise _bad(name, "write true or false")
    return choice


def _optional(text: str | None, part: str) -> str | None:
    return _decoded(text, part) if text else None


def _decoded(text: str, part: str) -> str:
    if _MALFORMED_ESCAPE.search(text):
        raise _bad(part, "a % is followed by two hexadecimal digits; write a percent sign itself as %25")
    try:
        plain = _ESCAPE.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8"), text)
    except UnicodeDecodeError as error:
        raise _bad(part, "its escapes are not UTF-8; escape each byte of the character's UTF-8 form") from error
    _refuse_unseen(plain, part)
    return plain


def _refuse_unseen(text: str, part: str) -> None:
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise _bad(part, "it contains a control character; remove it")


def _bad(part: str, advice: str) -> TunnelError:
    return TunnelError("bad-url", f"{part}: {advice}")
