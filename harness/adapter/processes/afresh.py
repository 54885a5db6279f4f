"""Runs a command as a login would start it, however the suite itself was started: ``afresh.py COMMAND``.

A program that ``nohup`` or a script's background started has signals that are ignored, and hands that on to what
it starts (signal(7)). An adapter's verdict must not depend on it. The limits are those that the kernel gives its
first process (``include/asm-generic/resource.h``), as far as the hard limits allow.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

COMMAND = (sys.executable, "-I", "-S", str(Path(__file__)))
"""What a command must begin with; it keeps its process id."""
_UMASK = 0o022
_SOFT = {
    resource.RLIMIT_NOFILE: 1024,
    resource.RLIMIT_STACK: 8 << 20,
    resource.RLIMIT_CORE: 0,
}
_UNLIMITED = (resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_AS)


def main(command: list[str]) -> None:
    """Reset signals, mask and limits, and become the command."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError):  # the C library keeps two real-time signals for itself
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(_UMASK)
    for limit, soft in (*_SOFT.items(), *((limit, resource.RLIM_INFINITY) for limit in _UNLIMITED)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (soft if hard == resource.RLIM_INFINITY else _lower(soft, hard), hard))
    try:
        os.execvp(command[0], command)  # noqa: S606 -- what the registry resolved
    except OSError as error:
        sys.exit(
            f"{command[0]} cannot be started: {error.strerror}; a script needs a first line such as "
            f"#!/usr/bin/env python3, and a program must be made for this machine"
        )


def _lower(soft: int, hard: int) -> int:
    return hard if soft == resource.RLIM_INFINITY else min(soft, hard)


if __name__ == "__main__":
    main(sys.argv[1:])
