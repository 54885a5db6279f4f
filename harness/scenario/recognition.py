"""Which YAML files are meant as scenarios, told by their words alone: nothing else of tunspec is imported for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = frozenset({".yaml", ".yml"})
_WORDS = ("title", "covers", "topology", "steps")
"""What every scenario of a network begins its lines with."""
_ENOUGH = 2
_ALIKE = 0.75
"""How alike a word with a typo is, as difflib measures it: ``titel`` and ``title`` are 0.8."""
_HEAD = 65_536
"""Bytes of a file that are looked at."""
_KEY = re.compile(r"^([^\W\d]\w{2,11})[ \t]*:(\s*(?:\[|-[ \t])\s*[\"']?[A-Z]+-\d+\b)?", re.MULTILINE)


def looks_like_scenario(path: Path, *, certainly: bool = False) -> bool:
    """Tell whether a YAML file is meant as a scenario: it has two of a scenario's words, perhaps misspelled.

    ``certainly``: it also covers a requirement such as ``TUN-1``, as nothing but a scenario does.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_HEAD).decode("utf-8", errors="replace")
    except OSError:
        return False
    found = set()
    covers = False
    for key, requirement in _KEY.findall(text):
        word = _meant(key)
        found.add(word)
        covers |= word == "covers" and bool(requirement)
    return len(found - {None}) >= _ENOUGH and (covers or not certainly)


def scenario_files(folder: Path) -> Iterator[Path]:
    """Yield the YAML files below a folder, in order, without hidden folders."""
    for path in sorted(folder.rglob("*.y*ml")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts[:-1])
        if path.suffix in SUFFIXES and path.is_file() and not hidden:
            yield path


def _meant(key: str) -> str | None:
    if key in _WORDS:
        return key
    from difflib import SequenceMatcher

    return next((word for word in _WORDS if SequenceMatcher(None, key, word).ratio() >= _ALIKE), None)
