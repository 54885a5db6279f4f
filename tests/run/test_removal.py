"""Whatever an adapter writes is removed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.run.removal import remove

_DEPTH = 3000


def deep(folder: Path) -> None:
    """Make folders in folders, deeper than a recursion and longer than a path may be."""
    folder.mkdir()
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(_DEPTH):
        os.mkdir("a-name-of-some-length", dir_fd=inside)
        (outside, inside) = (inside, os.open("a-name-of-some-length", os.O_RDONLY, dir_fd=inside))
        os.close(outside)
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=inside))
    os.close(inside)


def test_a_deep_folder_is_removed(tmp_path: Path) -> None:
    """Deeper than Python recurses, and than PATH_MAX."""
    assert sys.getrecursionlimit() < _DEPTH
    deep(tmp_path / "deep")
    remove(tmp_path / "deep")
    assert list(tmp_path.iterdir()) == []


def test_folders_that_nobody_may_open_are_removed(tmp_path: Path) -> None:
    """They are its owner's."""
    folder = tmp_path / "locked"
    (folder / "inner" / "inmost").mkdir(parents=True)
    for one in (folder / "inner" / "inmost", folder / "inner", folder):
        one.chmod(0o000)
    remove(folder)
    assert list(tmp_path.iterdir()) == []


def test_no_link_is_followed(tmp_path: Path) -> None:
    """What they lead to is not the adapter's."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").touch()
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "link").symlink_to(precious)
    (folder / "inner" / "link").symlink_to(precious)
    (tmp_path / "link").symlink_to(precious)
    remove(folder)
    remove(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    assert (precious / "file").exists()


def test_what_is_not_there_needs_no_removing(tmp_path: Path) -> None:
    """Somebody else was faster."""
    remove(tmp_path / "nothing")


def test_names_of_lifted_folders_are_free(tmp_path: Path) -> None:
    """An adapter may use any name."""
    for name in ("lifted-0", "lifted-1", "a"):
        (tmp_path / "folder" / name / "lifted-0" / "lifted-1").mkdir(parents=True)
    remove(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []
