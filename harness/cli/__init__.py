"""The ``tunspec`` command: a thin front on the pytest plugin, and what people look things up with."""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

from harness import defects
from harness.cli import adapters, judging, looking_up, reports, repro, worlds  # noqa: F401 -- each adds its commands
from harness.cli.app import app as command
from harness.cli.app import err
from harness.errors import HarnessBroken, UsageError
from harness.text.harmless import harmless
from harness.verdict.lattice import Exit


def main() -> None:
    """Run the command; an error is a message and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows a question mark
    try:
        command()
    except UsageError as error:
        _end(error, Exit.USAGE)
    except HarnessBroken as error:
        _end(error, Exit.BROKEN)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads; nothing is to be flushed
        sys.exit(Exit.CONFORMS)
    except Exception as error:  # noqa: BLE001 -- nobody foresaw it
        _end(error, Exit.BROKEN, defects.tell(error))


def _end(error: Exception, status: Exit, words: str = "") -> NoReturn:
    err.print(f"tunspec: {harmless(words or str(error))}", style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)
