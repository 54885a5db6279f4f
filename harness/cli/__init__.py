"""The ``tunspec`` command: a thin front on the pytest plugin, and what people look things up with."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from typing import NoReturn, TextIO

from harness import defects
from harness.cli import adapters, judging, looking_up, reports, repro, worlds  # noqa: F401 -- each adds its commands
from harness.cli.app import app as command
from harness.cli.app import err
from harness.errors import HarnessBroken, UsageError
from harness.text.harmless import harmless
from harness.verdict.lattice import Exit

_UNREAD = 128 + signal.SIGPIPE
"""What a shell says of programs that SIGPIPE has ended: no verdict."""


class _Output:
    """Standard output or error, as it was at the start."""

    def __init__(self, stream: TextIO) -> None:
        try:
            self._number = stream.fileno()
            self._began = os.fstat(self._number)
        except OSError:
            self._number = -1

    def is_unread(self) -> bool:
        """Tell whether it is or was a pipe that nobody reads any more; what is left to be flushed goes nowhere.

        poll(2) tells of one without a reader. Rich puts /dev/null in its place.
        """
        if self._number < 0:
            return False
        if not os.path.samestat(self._began, os.fstat(self._number)):
            return True
        watch = select.poll()
        watch.register(self._number, 0)
        if not any(event & select.POLLERR for _, event in watch.poll(0)):
            return False
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._number)
        return True


def main() -> None:
    """Run the command; an error is a message and an exit status, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows a question mark
    output = [_Output(stream) for stream in (sys.stdout, sys.stderr)]
    try:
        command()
    except UsageError as error:
        _end(error, Exit.USAGE)
    except HarnessBroken as error:
        _end(error, Exit.BROKEN)
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):  # of which typer and rich make an exit with status 1
            raise
        if [one for one in output if one.is_unread()]:
            sys.exit(_UNREAD)
        _end(end.__context__, Exit.BROKEN, defects.tell(end.__context__))
    except Exception as error:  # noqa: BLE001 -- nobody foresaw it
        _end(error, Exit.BROKEN, defects.tell(error))


def _end(error: Exception, status: Exit, words: str = "") -> NoReturn:
    err.print(f"tunspec: {harmless(words or str(error))}", style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)
