"""What a configuration file says of one host: the first value of each keyword, every identity file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path

from tunnel_impl import patterns
from tunnel_impl.errors import TunnelError
from tunnel_impl.imports.ssh_config import criteria, keywords, tokens
from tunnel_impl.imports.ssh_config.budget import Budget
from tunnel_impl.imports.ssh_config.words import Directive, directives

_DEEPEST_INCLUDE = 16
_MOST_FILES = 100
"""As many keys and certificates as OpenSSH takes (readconf.h, SSH_MAX_IDENTITY_FILES)."""
_MOST_WARNINGS = 100
_HONOURED = frozenset(
    {
        "hostname",
        "port",
        "user",
        "identityagent",
        "identitiesonly",
        "proxyjump",
        "proxycommand",
        "hostkeyalias",
        "userknownhostsfile",
    }
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
    identity_files: dict[str, Directive] = field(default_factory=dict)
    certificate_files: dict[str, Directive] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    warnings: dict[str, None] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
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
        return keywords.port_number(directive)

    def destination(self) -> tokens.Destination:
        """Return what tokens stand for."""
        alias = self.first["hostkeyalias"].word().lower() if "hostkeyalias" in self.first else None
        host = self.host().lower()
        return tokens.Destination(self.original, host, self.port_number(), self.login() or tokens.local_user(), alias)

    def warn(self, directive: Directive, what: str) -> None:
        """Note that something was left out."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings[f"{directive.where}: {directive.written}: {what}"] = None
        else:
            self.warnings[f"There are more than {_MOST_WARNINGS} lines that are not imported."] = None


def settings_of(
    file: Path, original: str, user: str | None, port: int | None, budget: Budget | None = None
) -> Settings:
    """Read what ``file`` says of the host ``original``. Raises TunnelError ``bad-profile``."""
    settings = Settings(original, user, port, budget=budget or Budget())
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


def _read(file: Path, settings: Settings, *, depth: int, reached: bool = True) -> None:
    """Read one file; its own blocks end with it. None of them applies where it is not ``reached``.

    What ssh refuses in blocks that do not apply is refused here, too.
    """
    active = reached
    settings.budget.open_file(str(file))
    for directive in directives(file):
        settings.budget.read_line(directive.where)
        if is_ignored(directive, settings.ignored):
            continue
        match directive.keyword:
            case "host":
                active = _host_applies(directive, settings) and reached
            case "match":
                active = _match_applies(directive, settings) and reached
            case "include":
                _include(directive, settings, depth, reached=active)
            case _ if active:
                take(directive, settings)


def is_ignored(directive: Directive, ignored: tuple[str, ...]) -> bool:
    """Tell whether IgnoreUnknown names the keyword. Raises TunnelError for what ssh refuses, whatever the host is."""
    if keywords.is_known(directive.keyword):
        keywords.check_arguments(directive)
        return False
    if patterns.matches_any(directive.keyword, ignored):
        return True
    raise directive.complaint(keywords.advice_on(directive))


def _host_applies(directive: Directive, settings: Settings) -> bool:
    name = settings.host().lower() if settings.final else settings.original
    return patterns.matches_any(name, directive.split())


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


def included(directive: Directive, depth: int) -> Iterator[Path]:
    """Return the files that the directive includes, in the order in which they are read. Raises TunnelError."""
    if depth >= _DEEPEST_INCLUDE:
        raise directive.error(f"files include each other more than {_DEEPEST_INCLUDE} deep; break the circle")
    for word in directive.split():
        written = word if word.startswith(("/", "~")) else f"~/.ssh/{word}"
        found = glob(tokens.home(directive, written))  # noqa: PTH207 -- Path.glob takes no absolute pattern
        yield from map(Path, sorted(found))


def _include(directive: Directive, settings: Settings, depth: int, *, reached: bool) -> None:
    for path in included(directive, depth):
        try:
            _read(path, settings, depth=depth + 1, reached=reached)
        except OSError as error:
            settings.warn(directive, f"{path} is left out: {error.strerror}")


def take(directive: Directive, settings: Settings) -> None:
    """Enter a directive into ``settings``; the first value of each keyword counts (ssh_config(5))."""
    keyword = directive.keyword
    match keyword:
        case "identityfile" | "identityfile2":
            _collect(directive, settings.identity_files)
            return
        case "certificatefile":
            _collect(directive, settings.certificate_files)
            return
        case "ignoreunknown":
            settings.ignored = settings.ignored or tuple(directive.word().lower().split(","))
            return
    if keyword not in _HONOURED:
        settings.warn(directive, "it is not imported; the tunnel's own settings decide")
        return
    if keyword in {"proxyjump", "proxycommand"} and {"proxyjump", "proxycommand"} & settings.first.keys():
        return
    if keyword == "userknownhostsfile" and not directive.split():
        return
    if keyword not in settings.first:
        settings.first[keyword] = directive


def _collect(directive: Directive, files: dict[str, Directive]) -> None:
    files.setdefault(directive.word(), directive)
    if len(files) > _MOST_FILES:
        raise directive.error(f"there are more than {_MOST_FILES} of them, and ssh does not accept more; remove some")
