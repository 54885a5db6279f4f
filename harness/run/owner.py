"""Names a process so that no other can ever be taken for it, and tells whether it has ended.

A process id alone is given again, and a time of start moves when somebody sets the clock (NTP). So a process is named
by its id, the ticks since the boot at which it started (``/proc/PID/stat``, field 22, proc(5)), the boot, and the
place where its id means anything: the machine and the namespace of process ids.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

PATTERN = r"(?P<pid>\d+)-(?P<ticks>\d+)-(?P<place>[0-9a-f]{6})-(?P<boot>[0-9a-f]{4})"
"""How an owner is written; short, for it is part of the paths of sockets (unix(7))."""
_PROC = Path("/proc")
_HUNDREDTHS = 100


def this_process() -> str:
    """Name this process."""
    return f"{os.getpid()}-{ticks(os.getpid())}-{_place()}-{_boot()}"


def is_gone(owner: str) -> bool:
    """Tell whether the process that ``owner`` names has ended.

    Of one in another place nothing is known here, so it counts as alive; so does a name that nobody can read.
    """
    named = re.fullmatch(PATTERN, owner)
    if named is None or named["place"] != _place():
        return False
    if named["boot"] != _boot():
        return True
    try:
        process = psutil.Process(int(named["pid"]))
        return ticks(process.pid) != int(named["ticks"]) or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def ticks(pid: int) -> int:
    """Return when a process started, on a clock that nobody sets; where there is no ``/proc``, on the kernel's record.

    Raises psutil.NoSuchProcess.
    """
    if not (_PROC / "self" / "stat").exists():
        return int(psutil.Process(pid).create_time() * _HUNDREDTHS)
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise psutil.NoSuchProcess(pid) from error
    return int(stat.rpartition(")")[2].split()[19])


@cache
def _boot() -> str:
    return _digest(4, _text("/proc/sys/kernel/random/boot_id"))


@cache
def _place() -> str:
    namespace = os.name
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return _digest(6, _text("/etc/machine-id") or socket.gethostname(), namespace)


def _text(path: str) -> str:
    with suppress(OSError):
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    return ""


def _digest(length: int, *parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:length]
