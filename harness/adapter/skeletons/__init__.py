"""Working adapters in several languages, for authors to start from; ``tunspec adapter new`` writes them.

Each needs its language's standard library and ``ssh``, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Skeleton:
    """How one language's files become the program ``adapter``: the command to type beside them, none for a script."""

    build: tuple[str, ...] = ()

    @property
    def tool(self) -> str | None:
        """The program that builds it."""
        return self.build[0] if self.build else None


SKELETONS = {
    "python": Skeleton(),
    "go": Skeleton(("go", "build", "-o", "adapter", ".")),
    "node": Skeleton(),
    "java": Skeleton(("javac", "Adapter.java")),
}


def files(language: str) -> dict[str, str]:
    """Return what stands in each file of ``language``, by its name."""
    folder = Path(__file__).with_name(language)
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
