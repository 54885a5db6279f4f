"""The hosts of a configuration, for a user to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tunnel_impl import patterns
from tunnel_impl.errors import TunnelError
from tunnel_impl.imports.ssh_config.budget import Budget
from tunnel_impl.imports.ssh_config.settings import included, is_ignored
from tunnel_impl.imports.ssh_config.words import directives

_PATTERN = set("*?!")


def list_hosts(file: Path | str) -> tuple[str, ...]:
    """Return the names that ``Host`` lines give, those of included files in their place, none twice.

    Patterns are left out, and what a ``Match`` block includes; a missing file has no hosts. Raises TunnelError
    ``bad-profile`` for what ssh refuses.
    """
    found: dict[str, None] = {}
    try:
        found.update(dict.fromkeys(_hosts(Path(file), ("*",), 0, Budget(), [()])))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise TunnelError("bad-profile", f"{file}: {error.strerror}; choose a file that can be read") from error
    return tuple(found)


def _hosts(
    file: Path, around: tuple[str, ...], depth: int, budget: Budget, ignored: list[tuple[str, ...]]
) -> Iterator[str]:
    """Return the names in one file that the block ``around`` it matches."""
    block = around
    budget.open_file(str(file))
    for directive in directives(file):
        budget.read_line(directive.where)
        if is_ignored(directive, ignored[0]):
            continue
        match directive.keyword:
            case "host":
                block = directive.split()
                yield from (name for name in block if _is_name(name, block) and patterns.matches_any(name, around))
            case "match":
                block = ()
            case "ignoreunknown":
                ignored[0] = ignored[0] or tuple(directive.word().lower().split(","))
            case "include" if block:
                for path in included(directive, depth):
                    with suppress(OSError):
                        yield from _hosts(path, block, depth + 1, budget, ignored)


def _is_name(word: str, block: tuple[str, ...]) -> bool:
    return not _PATTERN & set(word) and patterns.matches_any(word, block)
