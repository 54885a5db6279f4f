"""The store in dbclient's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.adapters.dropbear.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home for dbclient."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_line_for_the_port_stands_under_the_name_alone(tmp_path: Path, home: Path) -> None:
    """Only the line of this port is translated; others are left for dbclient to read."""
    file = tmp_path / "known_hosts"
    file.write_text("[bastion]:2201 ssh-ed25519 AAAA\n[bastion]:2202 ssh-ed25519 BBBB\n*.example ssh-rsa CCCC\n")
    Store(str(file), "bastion", 2201, home)
    lines = (home / ".ssh" / "known_hosts").read_text().splitlines()
    assert lines == ["bastion ssh-ed25519 AAAA", "[bastion]:2202 ssh-ed25519 BBBB", "*.example ssh-rsa CCCC"]


def test_a_line_without_the_port_is_another_servers(tmp_path: Path, home: Path) -> None:
    """The server at port 22 has another key; dbclient would take its line for this port's, too."""
    file = tmp_path / "known_hosts"
    file.write_text("bastion ssh-ed25519 AAAA\n")
    Store(str(file), "bastion", 2201, home)
    assert (home / ".ssh" / "known_hosts").read_text() == ""


def test_what_dbclient_adds_is_written_back_with_the_port_once(tmp_path: Path, home: Path) -> None:
    """A key that was accepted is known to whoever reads the profile's file."""
    file = tmp_path / "known_hosts"
    file.write_text("other ssh-rsa CCCC\n")
    store = Store(str(file), "bastion", 2201, home)
    with (home / ".ssh" / "known_hosts").open("a") as added:
        added.write("bastion ssh-ed25519 AAAA\n")
    store.write_back()
    store.write_back()
    assert file.read_text().splitlines() == ["other ssh-rsa CCCC", "[bastion]:2201 ssh-ed25519 AAAA"]


def test_what_dbclient_adds_stands_where_dbclient_puts_it(tmp_path: Path, home: Path) -> None:
    """It looks for no end of the last line, and the adapter mends nothing."""
    file = tmp_path / "known_hosts"
    file.write_text("other ssh-rsa CCCC")
    store = Store(str(file), "bastion", 2201, home)
    with (home / ".ssh" / "known_hosts").open("a") as added:
        added.write("bastion ssh-ed25519 AAAA\n")
    store.write_back()
    assert file.read_text() == "other ssh-rsa CCCC[bastion]:2201 ssh-ed25519 AAAA\n"


def test_a_file_that_was_not_changed_is_not_touched(tmp_path: Path, home: Path) -> None:
    """A store that does not exist is not made."""
    file = tmp_path / "known_hosts"
    Store(str(file), "bastion", 2201, home).write_back()
    assert not file.exists()
