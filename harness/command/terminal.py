"""Where commands print."""

from __future__ import annotations

import os
import sys

from rich.console import Console

_WITHOUT_TERMINAL = 160


def console() -> Console:
    """Return the terminal, or something wider than rich's 80 columns where there is none, as in a CI's log.

    ``COLUMNS`` decides where it is set.
    """
    has_width = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console() if has_width else Console(width=_WITHOUT_TERMINAL)
