"""Removes folders that untrusted programs wrote into: of any depth, with any mode, in any number."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import count
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_OPEN_TO_US = 0o700


def remove(path: Path) -> None:
    """Remove ``path``, a folder with all that is in it or anything else; what cannot be removed stays.

    Folders that lie deep are lifted to the top first, one level after the other, so neither their depth nor the length
    of their paths matters. No link is followed.
    """
    with suppress(OSError):
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
            return
        path.chmod(_OPEN_TO_US)
        top = os.open(path, _FOLDER)
        try:
            names = count()
            while _empty(top, names):
                pass
        finally:
            os.close(top)
        path.rmdir()


def _empty(top: int, names: count[int]) -> bool:
    """Remove the files of ``top`` and what its folders hold, but for their folders; tell whether a folder is gone."""
    gone = False
    for name, is_folder in _listed(top):
        with suppress(OSError):
            if is_folder:
                _lift(name, top, names)
                gone = True
            else:
                os.unlink(name, dir_fd=top)
    return gone


def _lift(name: str, top: int, names: count[int]) -> None:
    """Remove the folder ``name`` of ``top``; the folders in it become folders of ``top``."""
    os.chmod(name, _OPEN_TO_US, dir_fd=top)
    folder = os.open(name, _FOLDER, dir_fd=top)
    try:
        for inner, is_folder in _listed(folder):
            with suppress(OSError):
                if is_folder:
                    os.chmod(inner, _OPEN_TO_US, dir_fd=folder)
                    os.rename(inner, _free(top, names), src_dir_fd=folder, dst_dir_fd=top)
                else:
                    os.unlink(inner, dir_fd=folder)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _listed(folder: int) -> list[tuple[str, bool]]:
    with os.scandir(folder) as entries:
        return [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]


def _free(folder: int, names: count[int]) -> str:
    """Return a name that nothing in ``folder`` has."""
    while True:
        name = f"lifted-{next(names)}"
        try:
            os.lstat(name, dir_fd=folder)
        except FileNotFoundError:
            return name
