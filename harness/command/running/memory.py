"""What did not pass in the last run of an implementation from this folder, for ``--last-failed``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import platformdirs

from harness import resources
from harness.command.selection import Selection
from harness.errors import UsageError
from harness.verdict.result import Result


def name_of(result: Result) -> str:
    """Return what selects the scenario of a result: its id, or its file and case if it is not tunspec's."""
    stem, bracket, case = result.scenario.partition("[")
    file = Path(result.file).resolve()
    return result.scenario if file == resources.scenarios() / f"{stem}.yaml" else f"{file}{bracket}{case}"


def keep(about: str, names: Sequence[str]) -> None:
    """Remember these names of a run that is ``about`` something; that the cache cannot be written is not a failure."""
    with suppress(OSError):
        file = _file(about)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(sorted(set(names))), encoding="utf-8")


def only_failed(selection: Selection, about: str) -> Selection:
    """Return the selection of what did not pass in the last run; what is ``wanted`` besides is left out.

    Raises UsageError where there was no such run, or nothing failed in it.
    """
    try:
        names = json.loads(_file(about).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--last-failed: there was no run of {about} from this folder; run it without") from error
    if not isinstance(names, list) or not names:
        raise UsageError(f"--last-failed: nothing failed in the last run of {about} from this folder")
    return replace(selection, wanted=tuple(map(str, names)))


def _file(about: str) -> Path:
    key = hashlib.sha256(f"{Path.cwd()}\0{about}".encode()).hexdigest()[:32]
    return Path(platformdirs.user_cache_dir("tunspec")) / "last-failed" / f"{key}.json"
