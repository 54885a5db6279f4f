"""The scenarios that come with tunspec."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs

from harness import resources
from harness.scenario.language.model import SCOPES, Scenario
from harness.scenario.loader import load
from harness.scenario.recognition import looks_like_scenario

_CODE = Path(__file__).parent


@cache
def shipped_scenarios() -> dict[str, Scenario]:
    """Return every scenario that comes with tunspec, by id."""
    files = sorted(resources.scenarios().glob("*/*.yaml"))
    return {one.id: one for file in files if looks_like_scenario(file) for one in load(file)}


@cache
def shipped_scopes() -> dict[str, str]:
    """Return the scope of every scenario that comes with tunspec, by id.

    They are kept in the user's cache, so that a run of one scenario need not read all files to say of how many.
    """
    file = Path(platformdirs.user_cache_dir("tunspec")) / f"scopes-{_state()}.json"
    with suppress(OSError, ValueError):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(kept, dict) and kept and {*kept.values()} <= {*SCOPES}:
            return kept
    found = {name: str(one.scope) for name, one in shipped_scenarios().items()}
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        for older in file.parent.glob("scopes-*.json"):
            older.unlink()
        file.write_text(json.dumps(found), encoding="utf-8")
    return found


def _state() -> str:
    """Return a digest that changes with the scenarios, and with whatever reads them."""
    seen = sorted(f"{path} {about.st_mtime_ns} {about.st_size}" for path in _read() for about in [path.stat()])
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:32]


def _read() -> Iterator[Path]:
    yield resources.compose_file()
    yield from resources.scenarios().rglob("*.yaml")
    yield from _CODE.rglob("*.py")
