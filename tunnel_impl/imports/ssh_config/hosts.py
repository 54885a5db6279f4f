"""A host of a configuration file, and the servers on the way to it, each with its own settings."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tunnel_impl.errors import TunnelError
from tunnel_impl.imports.ssh_config import proxy_command, tokens
from tunnel_impl.imports.ssh_config.budget import Budget
from tunnel_impl.imports.ssh_config.jumps import Stop, stops
from tunnel_impl.imports.ssh_config.settings import Settings, settings_of
from tunnel_impl.imports.ssh_config.words import Directive

_MOST_JUMPS = 10
_NO_AGENT = "none"
_FROM_ENVIRONMENT = "SSH_AUTH_SOCK"
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_NO_HOST = re.compile(r"-|.*[\s\x00-\x1f\x7f]|$", re.DOTALL)
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True)
class Hop:
    """One server. ``user`` None is the local user; ``identity_agent`` None is SSH_AUTH_SOCK's, ``none`` no agent.

    ``host_key_alias`` is the name under which its host key is kept, without the port; ``known_hosts_files`` are where,
    and none where the file says nothing of it.
    """

    host: str
    port: int
    user: str | None = None
    identity_files: tuple[str, ...] = ()
    identity_agent: str | None = None
    identities_only: bool = False
    certificate_files: tuple[str, ...] = ()
    host_key_alias: str | None = None
    known_hosts_files: tuple[str, ...] = ()


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
    warnings: dict[str, None] = {}
    *jumps, last = _way(_Source(Path(file), Budget()), Stop(host), (), warnings)
    return HostConfig(**vars(last), jumps=tuple(jumps), warnings=tuple(warnings))


@dataclass(frozen=True)
class _Source:
    file: Path
    budget: Budget

    def settings(self, stop: Stop) -> Settings:
        if stop.alone:
            return Settings(stop.name, stop.user, stop.port)
        return settings_of(self.file, stop.name, stop.user, stop.port, self.budget)


def _way(source: _Source, stop: Stop, after: tuple[Stop, ...], warnings: dict[str, None]) -> tuple[Hop, ...]:
    """Return the servers up to ``stop``; ``after`` are those that are reached through it."""
    settings = source.settings(stop)
    directive = settings.first.get("proxyjump") or settings.first.get("proxycommand")
    before = stop.via if stop.via is not None else _expanded(directive, settings) if directive else ()
    hop = _hop(settings, stop)
    warnings.update(settings.warnings)
    if not before:
        return (hop,)
    *earlier, nearest = before
    nearest = replace(nearest, via=tuple(earlier) or nearest.via)
    passed = (*after, stop)
    if nearest in passed:
        circle = " → ".join(one.name for one in (*passed, nearest))
        advice = f"the jump hosts lead back to themselves ({circle}); break the circle"
        raise _complaint(directive, source.file, advice)
    if len(passed) > _MOST_JUMPS:
        raise _complaint(directive, source.file, f"there are more than {_MOST_JUMPS} jump hosts; remove some")
    return (*_way(source, nearest, passed, warnings), hop)


def _complaint(directive: Directive | None, file: Path, advice: str) -> TunnelError:
    return directive.error(advice) if directive else TunnelError("bad-profile", f"{file}: ProxyJump: {advice}")


def _expanded(directive: Directive, settings: Settings) -> tuple[Stop, ...]:
    known = tokens.proxy_tokens(settings.destination())
    if directive.keyword == "proxycommand":
        return proxy_command.stops(directive, settings, known)
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
        raise TunnelError("bad-profile", f"{stop.name!r} leads to {to.host!r}, which is not a host; fix its HostName")
    known = tokens.all_tokens(to)
    return Hop(
        host=to.host,
        port=to.port,
        user=settings.login(),
        identity_files=_paths({**dict.fromkeys(stop.identity_files), **settings.identity_files}, known),
        identity_agent=_agent(settings, known),
        identities_only=_identities_only(settings),
        certificate_files=_paths(settings.certificate_files, known),
        host_key_alias=to.alias,
        known_hosts_files=_known_hosts(settings, known),
    )


def _paths(files: Mapping[str, Directive | None], known: dict[str, str]) -> tuple[str, ...]:
    """Return paths with what they contain replaced; those without a directive are whole already."""
    return tuple(
        tokens.expanded_path(directive, path, known) if directive else path
        for path, directive in files.items()
        if path.lower() != "none"
    )


def _known_hosts(settings: Settings, known: dict[str, str]) -> tuple[str, ...]:
    """Return the files of UserKnownHostsFile; ``none`` is the file in which nothing ever stands."""
    directive = settings.first.get("userknownhostsfile")
    if directive is None:
        return ()
    words = directive.words()
    if words[0].lower() == "none" and len(words) == 1:
        return ("/dev/null",)
    return tuple(tokens.expanded_path(directive, word, known) for word in words)


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
