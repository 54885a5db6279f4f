"""What ``adapter.toml`` of each folder says."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from harness.model import Model

_FOLDER = Path(__file__).resolve().parents[2] / "adapters"
SHARED = _FOLDER / "shared"
"""The folder of what adapters of one language share."""


class ShippedAdapter(Model):
    """One adapter: its ``library`` in the pinned ``version``, None where the machine's is taken.

    ``shared`` are files of :data:`SHARED` that it needs. An adapter of the toolchain ``machine`` is not installed: it
    drives ``program``, which Debian has in ``package``.
    """

    name: str
    library: str
    version: str | None = None
    language: str
    toolchain: Literal["python", "node", "go", "cargo", "maven", "machine"]
    shared: tuple[str, ...] = ()
    program: str | None = None
    package: str | None = None
    homepage: str

    @property
    def folder(self) -> Path:
        """Where its source is."""
        return _FOLDER / self.name

    def sources(self) -> dict[str, bytes]:
        """Return what is copied to install it, by file name."""
        own = [path for path in sorted(self.folder.iterdir()) if path.is_file() and path.suffix != ".md"]
        return {path.name: path.read_bytes() for path in (*own, *(SHARED / name for name in self.shared))}


@cache
def entries() -> dict[str, ShippedAdapter]:
    """Return the adapters that ship, by name."""
    files = sorted(_FOLDER.glob("*/adapter.toml"))
    return {
        file.parent.name: ShippedAdapter(name=file.parent.name, **tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
    }
