"""What is looked at before any worker starts, so that a mistake is told once and at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from harness import run as runs
from harness.adapter import registry
from harness.adapter.driver import Adapter
from harness.errors import AdapterBroken, UsageError
from harness.text.harmless import harmless
from harness.text.redaction import Redactor
from harness.timeline import Timeline


def writable_files(files: Iterable[Path | None]) -> None:
    """Raise UsageError for a file that cannot be written; the folders that it needs are made."""
    for file in files:
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                there = file.exists()
                file.open("a", encoding="utf-8").close()
                if not there:
                    file.unlink()
            except OSError as error:
                raise UsageError(f"{file} cannot be written: {error.strerror}; name another file") from error


def writable_folder(folder: Path | None) -> None:
    """Raise UsageError for a folder in which nothing can be written; it is made where it is missing."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise UsageError(f"nothing can be written to {folder}: {error.strerror}; name another folder") from error


def introduces_itself(implementation: str) -> None:
    """Start the adapter once and let it say hello. Raises UsageError and AdapterBroken, which say what to do."""
    launch = registry.resolve(implementation)
    with runs.start() as run, tempfile.TemporaryDirectory(dir=run.folder) as folder:
        place = Path(folder)
        environment = {**run.environment, "HOME": folder}
        try:
            Adapter.start(
                launch, folder=place, environment=environment, timeline=Timeline(Redactor()), answer=_nobody
            ).stop()
        except AdapterBroken as error:
            hint = f"nothing was run: `tunspec adapter check {implementation}` shows the conversation"
            raise AdapterBroken(f"{harmless(str(error))}; {hint}") from error


def _nobody(_question: object) -> None:
    """Answer nothing: a hello asks no user."""
