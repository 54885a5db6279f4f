"""Keeps orphans of this process's children: a daemon comes to this process and not to init, whatever it did to hide."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SET, _GET = 36, 37
"""PR_SET_CHILD_SUBREAPER and PR_GET_CHILD_SUBREAPER (prctl(2))."""


@contextmanager
def adopted() -> Iterator[None]:
    """Let orphans become children of this process in this block; only Linux can."""
    if sys.platform != "linux":
        yield
        return
    before = ctypes.c_int()
    _prctl(_GET, ctypes.byref(before))
    _prctl(_SET, 1)
    try:
        yield
    finally:
        _prctl(_SET, before.value)


def _prctl(option: int, argument: object) -> None:
    ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)
