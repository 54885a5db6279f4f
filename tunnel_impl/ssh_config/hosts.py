"""A host of a configuration file, and the servers on the way to it, each with its own settings."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tunnel_impl.errors import TunnelError
from tunnel_impl.ssh_config import tokens
from tunnel_impl.ssh_config.jumps import Stop, stops
from tunnel_impl.ssh_config.settings import Settings, settings_of
from tunnel_impl.ssh_config.words import Directive

_MOST_JUMPS = 10
_NO_AGENT = "none"
_FROM_ENVIRONMENT = "SSH_AUTH_SOCK"
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_NO_HOST = re.compile(r"-|.*[\s\x00-\x1f\x7f]|$", re.DOTALL)
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class Hop:
    """One server. ``user`` None is the local user; ``identity_agent`` None is SSH_AUTH_SOCK's, ``none`` no agent."""

    host: str
    port: int
    user: str | None = None
    identity_files: tuple[str, ...] = ()
    identity_agent: str | None = None
    identities_only: bool = False


@dataclass(frozen=True)
class HostConfig(Hop):
    """A host with the servers to pass before it, in order; ``warnings`` name what was left out, with file and line."""

    jumps: tuple[Hop, ...] = ()
    warnings: tuple[str, ...] = ()


def load_host(file: Path | str, host: str) -> HostConfig:
    """Return what the OpenSSH client configuration ``file`` says of ``host``, a name as ssh(1) takes it.

    Raises TunnelError ``bad-profile`` naming file, line and keyword: for a file that cannot be read, an argument
    or token that makes no sense, jump hosts that lead back to themselves, and more than 10 of them.
    """
    warnings: list[str] = []
    *jumps, last = _way(Path(file), Stop(host), (), warnings)
    return HostConfig(**vars(last), jumps=tuple(jumps), warnings=tuple(warnings))


def _way(file: Path, stop: Stop, after: tuple[Stop, ...], warnings: list[str]) -> tuple[Hop, ...]:
    """Return the servers up to ``stop``; ``after`` are those that are reached through it."""
    settings = settings_of(file, stop.name, stop.user, stop.port)
    warnings.extend(one for one in settings.warnings if one not in warnings)
    hop = _hop(settings, stop)
    directive = settings.first.get("proxyjump")
    before = stop.via if stop.via is not None else _expanded(directive, settings) if directive else ()
    if not before:
        return (hop,)
    *earlier, nearest = before
    nearest = Stop(nearest.name, nearest.user, nearest.port, tuple(earlier) or None)
    passed = (*after, stop)
    if nearest in passed:
        circle = " → ".join(one.name for one in (*passed, nearest))
        raise _complaint(directive, file, f"the jump hosts lead back to themselves ({circle}); break the circle")
    if len(passed) > _MOST_JUMPS:
        raise _complaint(directive, file, f"there are more than {_MOST_JUMPS} jump hosts; remove some")
    return (*_way(file, nearest, passed, warnings), hop)


def _complaint(directive: Directive | None, file: Path, advice: str) -> TunnelError:
    return directive.error(advice) if directive else TunnelError("bad-profile", f"{file}: ProxyJump: {advice}")


def _expanded(directive: Directive, settings: Settings) -> tuple[Stop, ...]:
    known = tokens.proxy_tokens(settings.destination())
    return tuple(
        Stop(
            tokens.expanded(directive, one.name, known),
            tokens.expanded(directive, one.user, known) if one.user else None,
            one.port,
        )
        for one in stops(directive)
    )


def _hop(settings: Settings, stop: Stop) -> Hop:
    to = settings.destination()
    if _NO_HOST.match(to.host):
        raise TunnelError("bad-profile", f"{stop.name!r} leads to {to.host!r}, which is no host; mend its HostName")
    known = tokens.all_tokens(to)
    return Hop(
        host=to.host,
        port=to.port,
        user=settings.login(),
        identity_files=tuple(
            tokens.expanded_path(directive, path, known)
            for path, directive in settings.identity_files
            if path.lower() != "none"
        ),
        identity_agent=_agent(settings, known),
        identities_only=_identities_only(settings),
    )


def _agent(settings: Settings, known: dict[str, str]) -> str | None:
    directive = settings.first.get("identityagent")
    if directive is None:
        return None
    text = directive.word()
    if text == _FROM_ENVIRONMENT:
        return None
    if text.lower() == _NO_AGENT:
        return _NO_AGENT
    variable = _VARIABLE.fullmatch(text)
    if variable:
        return os.environ.get(variable[1], _NO_AGENT)
    return tokens.expanded_path(directive, text, known)


def _identities_only(settings: Settings) -> bool:
    directive = settings.first.get("identitiesonly")
    if directive is None:
        return False
    answer = directive.word().lower()
    if answer not in _YES_OR_NO:
        raise directive.error(f"{answer!r} is neither yes nor no; write one of them")
    return _YES_OR_NO[answer]
