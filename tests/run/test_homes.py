from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from harness.adapter import profile as wire
from harness.errors import UsageError
from harness.run import homes
from harness.run.owner import this_process

LONG = f"/{'long' * 30}"


def test_the_longest_socket_fits_below_a_link(tmp_path: Path) -> None:
    """On every system: macOS allows 103 bytes (unix(4))."""
    with homes.short_link(tmp_path) as link:
        assert len(os.fsencode(link / wire.ONE_PASSWORD)) <= homes._ADDRESS
        assert link.resolve() == tmp_path
    assert not link.is_symlink()


def test_where_the_temporary_folder_is_too_deep_links_are_in_tmp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else no agent could listen."""
    monkeypatch.setattr("tempfile.tempdir", LONG)
    assert homes.folder() == Path("/tmp")  # noqa: S108 -- what is asked for


def test_where_no_folder_is_short_the_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is started, and how short it has to be."""
    monkeypatch.setattr("tempfile.tempdir", LONG)
    monkeypatch.setattr(homes, "_SHORT", LONG)
    with pytest.raises(UsageError, match=r"set TMPDIR to a folder of at most \d\d bytes"):
        homes.folder()


@pytest.mark.parametrize(("elsewhere", "kept"), [(True, True), (False, False)])
def test_a_link_of_a_run_in_another_container_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool, kept: bool
) -> None:
    """Its home may be on a file system that only that container has."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pid, ticks, place, boot = this_process().split("-")
    owner = "-".join((pid, ticks, re.sub(".", lambda one: "1" if one[0] == "0" else "0", place), boot))
    link = tmp_path / f"{homes.HOME_LINK}cafe"
    link.symlink_to(f"/elsewhere/tunspec-{owner if elsewhere else this_process()}-cafecafe-x/scenario-y/home")
    homes.remove_dead_links()
    assert link.is_symlink() is kept
