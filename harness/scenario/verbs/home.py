"""What a scenario lays out in the home of its user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.run.removal import remove


def inside(name: str) -> str:
    """Return the name of a file that is to lie in ~/.ssh. Raises ValueError for one that would lie elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{name!r} must be the name of a file inside ~/.ssh")
    return name


def laid_out(home: Path, files: Mapping[str, str]) -> Path:
    """Return ~/.ssh with these files in it, and no others."""
    folder = home / ".ssh"
    remove(folder)
    folder.mkdir(mode=0o700)
    for name, text in files.items():
        _write(folder / name, text)
    return folder


def _write(file: Path, text: str) -> None:
    """Write a file as ssh(1) wants it: neither it nor its folder writable by others."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
