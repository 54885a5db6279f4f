"""Expands arguments: ``~``, percent tokens, ``${VARIABLE}``; ssh_config(5), TOKENS and ENVIRONMENT VARIABLES."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tunnel_impl.imports.ssh_config.words import Directive

_TOKEN = re.compile(r"%(.?)", re.DOTALL)
_TOKEN_OR_VARIABLE = re.compile(r"%(.?)|\$\{([^}]*)(\}?)", re.DOTALL)


@dataclass(frozen=True)
class Destination:
    """A server as far as it is known: ``original`` as it was asked for, ``alias`` of HostKeyAlias."""

    original: str
    host: str
    port: int
    user: str
    alias: str | None = None


def local_user() -> str:
    """Return the name of the user who runs this, or the number where there is no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def all_tokens(to: Destination) -> dict[str, str]:
    """Return what IdentityFile and IdentityAgent may contain."""
    local = socket.gethostname()
    hashed = hashlib.sha1(f"{local}{to.host}{to.port}{to.user}".encode(), usedforsecurity=False).hexdigest()
    return {
        **proxy_tokens(to),
        "C": hashed,
        "d": os.path.expanduser("~"),  # noqa: PTH111 -- expands no more than the home
        "i": str(os.getuid()),
        "k": to.alias or to.original,
        "L": local.partition(".")[0],
        "l": local,
        "u": local_user(),
    }


def proxy_tokens(to: Destination) -> dict[str, str]:
    """Return what ProxyJump may contain."""
    return {"%": "%", "h": to.host, "n": to.original, "p": str(to.port), "r": to.user}


def name_tokens(original: str) -> dict[str, str]:
    """Return what HostName may contain."""
    return {"%": "%", "h": original}


def expanded(directive: Directive, text: str, tokens: Mapping[str, str]) -> str:
    """Replace percent tokens. Raises TunnelError for one that this keyword does not have."""
    return _TOKEN.sub(lambda found: value_of_token(directive, found[1], tokens), text)


def expanded_path(directive: Directive, text: str, tokens: Mapping[str, str]) -> str:
    """Replace a leading ``~``, then tokens and variables, each once. Raises TunnelError for what does not exist."""

    def replaced(found: re.Match[str]) -> str:
        if found[2] is None:
            return value_of_token(directive, found[1], tokens)
        return _variable(directive, found[2], closed=bool(found[3]))

    return _TOKEN_OR_VARIABLE.sub(replaced, home(directive, text))


def home(directive: Directive, text: str) -> str:
    """Replace a leading ``~`` or ``~user``. Raises TunnelError for an unknown user."""
    path = os.path.expanduser(text)  # noqa: PTH111 -- pathlib would tidy the rest of the path too
    if path.startswith("~"):
        raise directive.error(f"there is no user {path[1:].partition('/')[0]!r} on this machine; write the path out")
    return path


def value_of_token(directive: Directive, letter: str, tokens: Mapping[str, str]) -> str:
    """Return what ``%`` and ``letter`` stand for. Raises TunnelError where the directive does not have this token."""
    if letter not in tokens:
        known = " ".join(f"%{one}" for one in sorted(tokens))
        raise directive.error(f"%{letter} is not a token of this keyword; use one of {known}, or %% for a percent sign")
    return tokens[letter]


def _variable(directive: Directive, name: str, *, closed: bool) -> str:
    if not closed:
        raise directive.error(f"${{{name} lacks its closing brace; add it")
    value = os.environ.get(name)
    if value is None:
        raise directive.error(f"the environment variable {name} is not set; set it, or write the value out")
    return value
