"""What a configuration file says of one host: the first value of each keyword, every identity file."""

from __future__ import annotations

from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

from tunnel_impl import patterns
from tunnel_impl.errors import TunnelError
from tunnel_impl.ssh_config import criteria, tokens
from tunnel_impl.ssh_config.words import Directive, directives

_DEEPEST_INCLUDE = 16
_HONOURED = frozenset(
    {"hostname", "port", "user", "identityagent", "identitiesonly", "proxyjump", "proxycommand", "hostkeyalias"}
)
_SSH_PORT = 22


@dataclass
class Settings:
    """The settings of the host ``original``, filled while files are read.

    ``user`` and ``port`` were given from outside and win over every file. ``final`` is true in the second pass,
    which a ``Match final`` asks for: ``Host`` is then compared with the name that ``original`` stands for.
    """

    original: str
    user: str | None = None
    port: int | None = None
    first: dict[str, Directive] = field(default_factory=dict)
    identity_files: list[tuple[str, Directive]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    final: bool = False
    wants_final: bool = False

    def host(self) -> str:
        """Return the name or address to connect to, as far as it is known. Raises TunnelError for a bad token."""
        directive = self.first.get("hostname")
        if directive is None:
            return self.original
        return tokens.expanded(directive, directive.word(), tokens.name_tokens(self.original))

    def login(self) -> str | None:
        """Return the user, None where nobody said."""
        return self.user or (self.first["user"].word() if "user" in self.first else None)

    def port_number(self) -> int:
        """Return the port, 22 where nobody said. Raises TunnelError for one that is none."""
        directive = self.first.get("port")
        if self.port is not None or directive is None:
            return self.port or _SSH_PORT
        text = directive.word()
        if not (text.isascii() and text.isdigit() and len(text) <= len("65535") and 1 <= int(text) <= 65535):
            raise directive.error(f"{text!r} is no port; write a number from 1 up to 65535")
        return int(text)

    def destination(self) -> tokens.Destination:
        """Return what tokens stand for."""
        alias = self.first["hostkeyalias"].word() if "hostkeyalias" in self.first else None
        host = self.host().lower()
        return tokens.Destination(self.original, host, self.port_number(), self.login() or tokens.local_user(), alias)

    def warn(self, directive: Directive, what: str) -> None:
        """Note that something was left out."""
        warning = f"{directive.where}: {directive.written}: {what}"
        if warning not in self.warnings:
            self.warnings.append(warning)


def settings_of(file: Path, original: str, user: str | None, port: int | None) -> Settings:
    """Read what ``file`` says of the host ``original``. Raises TunnelError ``bad-profile``."""
    settings = Settings(original, user, port)
    _read_first(file, settings)
    if settings.wants_final:
        settings.final = True
        _read_first(file, settings)
    return settings


def _read_first(file: Path, settings: Settings) -> None:
    try:
        _read(file, settings, depth=0)
    except OSError as error:
        raise TunnelError("bad-profile", f"{file}: {error.strerror}; choose a file that can be read") from error


def _read(file: Path, settings: Settings, *, depth: int) -> None:
    """Read one file that applies; its own blocks end with it."""
    active = True
    for directive in directives(file):
        match directive.keyword:
            case "host":
                active = _host_applies(directive, settings)
            case "match":
                active = _match_applies(directive, settings)
            case "include" if active:
                _include(directive, settings, depth)
            case _ if active:
                _take(directive, settings)


def _host_applies(directive: Directive, settings: Settings) -> bool:
    name = settings.host().lower() if settings.final else settings.original
    return patterns.matches_any(name, directive.words())


def _match_applies(directive: Directive, settings: Settings) -> bool:
    """Decide a ``Match`` line for what is known so far."""
    return criteria.applies(
        directive,
        criteria.Facts(
            host=settings.host(),
            original=settings.original,
            user=settings.login() or tokens.local_user(),
            local_user=tokens.local_user(),
            final=settings.final,
        ),
        settings,
    )


def _include(directive: Directive, settings: Settings, depth: int) -> None:
    if depth >= _DEEPEST_INCLUDE:
        raise directive.error(f"files include each other more than {_DEEPEST_INCLUDE} deep; break the circle")
    for word in directive.words():
        written = word if word.startswith(("/", "~")) else f"~/.ssh/{word}"
        found = glob(tokens.home(directive, written))  # noqa: PTH207 -- Path.glob takes no absolute pattern
        for path in sorted(found):
            try:
                _read(Path(path), settings, depth=depth + 1)
            except OSError as error:
                settings.warn(directive, f"{path} is left out: {error.strerror}")


def _take(directive: Directive, settings: Settings) -> None:
    keyword = directive.keyword
    if keyword == "identityfile":
        path = directive.word()
        if all(path != known for known, _ in settings.identity_files):
            settings.identity_files.append((path, directive))
        return
    if keyword not in _HONOURED:
        settings.warn(directive, "it is not imported; the tunnel's own settings decide")
        return
    if keyword in {"proxyjump", "proxycommand"} and {"proxyjump", "proxycommand"} & settings.first.keys():
        return
    if keyword not in settings.first:
        settings.first[keyword] = directive
        _warn_of(directive, settings)


def _warn_of(directive: Directive, settings: Settings) -> None:
    match directive.keyword:
        case "proxycommand" if directive.text.strip().lower() != "none":
            settings.warn(directive, "it would run a program and is not imported; use ProxyJump, or add jump hosts")
        case "hostkeyalias":
            settings.warn(directive, "it is not imported; the host key is checked under the server's own name")
