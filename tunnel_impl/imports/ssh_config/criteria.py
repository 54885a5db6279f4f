"""``Match`` lines of ssh_config(5). Programs are not run: a block with ``exec`` is skipped, with a warning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tunnel_impl.imports.ssh_config.words import Directive
from tunnel_impl.patterns import matches_any

_ALONE = ("all", "canonical", "final")
_NEWER = ("localnetwork", "tagged", "version", "sessiontype", "command")
_COMPARED = ("host", "originalhost", "user", "localuser")


@dataclass(frozen=True)
class Facts:
    """What a ``Match`` line is compared with."""

    host: str
    original: str
    user: str
    local_user: str
    final: bool


class Notes(Protocol):
    """Where a ``Match`` line leaves what it asks for."""

    wants_final: bool

    def warn(self, directive: Directive, what: str) -> None:
        """Note that something was left out."""


@dataclass(frozen=True)
class _Criterion:
    name: str
    negated: bool
    argument: str


def applies(directive: Directive, facts: Facts, notes: Notes) -> bool:
    """Decide whether the block applies. Raises TunnelError for a line that makes no sense."""
    criteria = tuple(_criteria(directive))
    if any(one.name == "all" for one in criteria) and any(one.name not in _ALONE for one in criteria):
        raise directive.error("all must be the only criterion; remove it or the others")
    notes.wants_final = notes.wants_final or any(one.name == "final" for one in criteria)
    held = [_holds(one, directive, facts, notes) for one in criteria]
    return all(held)


def _criteria(directive: Directive) -> Iterator[_Criterion]:
    words = iter(directive.words())
    for word in words:
        name, equals, argument = word.partition("=")
        negated = name.startswith("!")
        name = name.removeprefix("!").lower()
        if name not in _ALONE and not equals:
            argument = next(words, "")
            if not argument:
                raise directive.error(f"the criterion {name} lacks its argument; add it")
        yield _Criterion(name, negated, argument)


def _holds(criterion: _Criterion, directive: Directive, facts: Facts, notes: Notes) -> bool:
    match criterion.name:
        case "all":
            return not criterion.negated
        case "canonical" | "final":
            return facts.final is not criterion.negated
        case "exec":
            notes.warn(directive, "exec would run a program and is not imported; the block is skipped")
            return False
        case name if name in _COMPARED:
            return _compared(name, criterion.argument, facts) is not criterion.negated
        case name if name in _NEWER:
            notes.warn(directive, f"the criterion {name} is not imported; the block is skipped")
            return False
        case name:
            raise directive.error(f"there is no criterion {name[:40]!r}; fix or remove it")


def _compared(name: str, argument: str, facts: Facts) -> bool:
    patterns = argument.split(",")
    match name:
        case "host":
            return matches_any(facts.host.lower(), [one.lower() for one in patterns])
        case "originalhost":
            return matches_any(facts.original.lower(), [one.lower() for one in patterns])
        case "user":
            return matches_any(facts.user, patterns)
        case _:
            return matches_any(facts.local_user, patterns)
