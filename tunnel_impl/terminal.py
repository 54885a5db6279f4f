"""The terminal of the command, if it has one."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def left_as_found() -> Iterator[None]:
    """Give the terminal its modes back at the end of the block, as its echo when a prompt for a secret is still open.

    What was typed at such a prompt is thrown away. A terminal whose foreground is another program's is left alone.
    """
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        terminal = None
    if terminal is None:
        yield
        return
    try:
        before = termios.tcgetattr(terminal)
        try:
            yield
        finally:
            with suppress(OSError, termios.error):
                if os.tcgetpgrp(terminal) == os.getpgrp() and termios.tcgetattr(terminal) != before:
                    termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    finally:
        os.close(terminal)
