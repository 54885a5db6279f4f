"""Runs a command with many files open: ``crowded.py 1100 -- COMMAND``.

Libraries that wait with select(2) cannot hold a file whose number is 1024 or more.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

_SPARE = 1024


def command(count: int) -> tuple[str, ...]:
    """Return what a command must begin with to run with ``count`` files open."""
    return (sys.executable, str(Path(__file__)), str(count), "--")


def main(arguments: list[str]) -> None:
    """Open that many files, allow for more, and become the command."""
    count, dashes, *command = arguments
    if dashes != "--" or not command:
        sys.exit("usage: crowded.py COUNT -- COMMAND")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, int(count) + _SPARE), hard), hard))
    try:
        for _ in range(int(count)):
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
    except OSError as error:
        sys.exit(f"{count} files cannot be open here: {error.strerror}; raise the hard limit (ulimit -Hn), now {hard}")
    os.execvp(command[0], command)  # noqa: S606 -- what the registry resolved


if __name__ == "__main__":
    main(sys.argv[1:])
