"""Which scopes a run judges: what ``--scope`` says, or what is usual for the implementation."""

from __future__ import annotations

from collections.abc import Sequence

from harness.errors import UsageError
from harness.scenario.language.model import SCOPES, Scope

FULL = "full"
_OWN = ("reference", "faulty:")
_FOR_STRANGERS: tuple[Scope, ...] = ("core", "resilience")


def scopes_for(text: str | None, implementation: str) -> tuple[Scope, ...]:
    """Return the scopes that ``text`` names, separated by commas; ``full`` names all of them.

    Without a text the reference is judged by all, and a stranger by what is asked of everybody. Raises UsageError.
    """
    if text is None:
        return SCOPES if implementation.startswith(_OWN) else _FOR_STRANGERS
    wanted = {word.strip() for word in text.split(",")}
    unknown = wanted - {*SCOPES, FULL}
    if unknown:
        named = ", ".join(repr(word) for word in sorted(unknown))
        raise UsageError(f"--scope takes {', '.join(SCOPES)}, separated by commas, or full; not {named}")
    return tuple(scope for scope in SCOPES if scope in wanted or FULL in wanted)


def listed(scopes: Sequence[str]) -> str:
    """Return scopes for a sentence: ``core, resilience and page``."""
    *others, last = scopes
    return f"{', '.join(others)} and {last}" if others else last
