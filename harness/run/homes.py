"""Short links to the homes of adapters: the path of an agent's socket in a home has to fit into an address (unix(7)).

A link is in the folder for temporary files, or in /tmp where that one's path is too long.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import UsageError
from harness.run.owner import PATTERN, is_gone, this_process
from harness.run.removal import remove

HOME_LINK = "tunspec-home-"
"""What the links are called; one that leads nowhere is from a dead run."""
_ADDRESS = 107 if sys.platform == "linux" else 103
"""Bytes of the longest path that a socket can have."""
_BELOW = 64
"""Bytes of the longest path of a socket below a home: 1Password's on macOS, which every adapter must know."""
_DIGITS = 8
_SHORT = "/tmp"  # noqa: S108 -- the names are random, and a link is never made where there is something already
_OF_A_RUN = re.compile(rf"/tunspec-(?P<owner>{PATTERN})-")


def folder() -> Path:
    """Return the folder for links. Raises UsageError where none with a short path can be written."""
    room = _ADDRESS - _BELOW - len(f"/{HOME_LINK}/") - _DIGITS
    for place in _folders():
        if len(os.fsencode(place)) <= room and os.access(place, os.W_OK | os.X_OK):
            return place
    raise UsageError(
        f"agents cannot listen below {tempfile.gettempdir()}, for a socket's path has {_ADDRESS} bytes at most; "
        f"set TMPDIR to a folder of at most {room} bytes that you may write"
    )


@contextmanager
def short_link(real: Path) -> Iterator[Path]:
    """Yield a link to a home. Raises UsageError, see :func:`folder`."""
    link = folder() / f"{HOME_LINK}{secrets.token_hex(_DIGITS // 2)}"
    link.symlink_to(real)
    try:
        yield link
    finally:
        remove(link)


def remove_dead_links() -> None:
    """Remove this user's links that lead nowhere, unless the run that made one goes on where nothing is known of it."""
    for link in (link for place in _folders() for link in place.glob(f"{HOME_LINK}*")):
        if is_ours(link) and link.is_symlink() and not os.path.exists(link):  # noqa: PTH110 -- Path.exists raises
            with suppress(OSError):
                of_a_run = _OF_A_RUN.search(str(link.readlink()))
                if of_a_run is None or of_a_run["owner"] == this_process() or is_gone(of_a_run["owner"]):
                    link.unlink()


def is_ours(path: Path) -> bool:
    """Tell whether ``path`` itself, not where it leads, belongs to the user who runs this."""
    with suppress(OSError):
        return path.lstat().st_uid == os.getuid()
    return False


def _folders() -> tuple[Path, ...]:
    return tuple(dict.fromkeys((Path(tempfile.gettempdir()), Path(_SHORT))))
