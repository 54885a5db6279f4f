"""``tunspec adapter new``: a working adapter to start from."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console

from harness.adapter import skeletons
from harness.errors import UsageError


def write(language: str, folder: Path) -> None:
    """Write the skeleton of ``language`` into ``folder``. Raises UsageError, and then leaves it as it was."""
    if language not in skeletons.SKELETONS:
        raise UsageError(f"there is no skeleton for {language!r}; choose {', '.join(skeletons.SKELETONS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} already exists; name a new or empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in skeletons.files(language).items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755 if text.startswith("#!") else 0o644)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}; name another folder") from error


def tell(language: str, folder: Path, console: Console) -> None:
    """Print what to type next."""
    build = skeletons.SKELETONS[language].build
    adapter = shlex.quote(str(folder / "adapter"))
    console.print(f"{folder} holds an adapter around ssh. Next:", highlight=False)
    if build:
        console.print(f"  (cd {shlex.quote(str(folder))} && {shlex.join(build)})", highlight=False)
    console.print(f"  tunspec adapter check {adapter}", highlight=False)
    console.print(f"  tunspec run --impl {adapter} data/echo", highlight=False)
    console.print(
        "Then replace what says ssh with your tunnel; docs/adapter-protocol.md has every message.", highlight=False
    )
