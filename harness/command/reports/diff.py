"""``tunspec diff``: how two runs differ."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rich.console import Console

from harness.gate.difference import difference
from harness.gate.telling import bullets, listing
from harness.report import model


def diff(old: Path, new: Path, style: Literal["text", "markdown", "json"], console: Console) -> int:
    """Print how the report ``new`` differs from ``old``; return the exit status. Raises UsageError."""
    found = difference(model.read(old), model.read(new))
    match style:
        case "json":
            text = found.model_dump_json(indent=2)
        case "markdown":
            text = "\n".join(bullets(found.sections())).strip() or "Nothing differs."
        case "text":
            text = "\n".join(listing(found.sections())).strip() or "nothing differs"
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    return found.status
