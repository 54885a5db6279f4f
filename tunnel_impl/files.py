"""Reads files that users name, which may be anything: devices and pipes never end, or never begin."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_NULL = Path("/dev/null")


def read_regular(file: Path, largest: int) -> bytes:
    """Return the content of a regular file, which has at most ``largest`` bytes; nothing for ``/dev/null``.

    Never waits for somebody to write. Raises OSError, whose ``strerror`` tells the user what is wrong.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(descriptor, "rb") as opened:
        mode = os.fstat(opened.fileno()).st_mode
        if stat.S_ISCHR(mode) and file.resolve() == _NULL:
            return b""
        if stat.S_ISDIR(mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "Not a regular file", str(file))
        content = opened.read(largest + 1)
    if len(content) > largest:
        raise OSError(errno.EFBIG, f"Larger than {largest} bytes", str(file))
    return content
