"""Where commands print."""

from __future__ import annotations

import sys

from rich.console import Console

_WITHOUT_TERMINAL = 160


def console() -> Console:
    """Return the terminal, or something wider than rich's 80 columns where there is none, as in a CI's log."""
    return Console() if sys.stdout.isatty() else Console(width=_WITHOUT_TERMINAL)
