"""The known_hosts file, line by line."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey

if TYPE_CHECKING:
    from pathlib import Path

KEY, NEW, OTHER_TYPE = (
    StoredKey(key.get_algorithm(), key.public_data)
    for key in (
        asyncssh.generate_private_key("ssh-ed25519"),
        asyncssh.generate_private_key("ssh-ed25519"),
        asyncssh.generate_private_key("ssh-rsa", key_size=2048),
    )
)


def text(key: StoredKey) -> str:
    """Return ``type base64``."""
    return f"{key.type} {base64.b64encode(key.blob).decode()}"


def hashed(name: str) -> str:
    """Return ``name`` as HashKnownHosts writes it."""
    salt = b"0123456789abcdef0123"
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the keys are kept."""
    return tmp_path / "known_hosts"


def numbered(_: str) -> str:
    """Name a case by its number: the keys in its texts differ from process to process."""
    return "case"


@pytest.mark.parametrize(
    ("names", "host", "port", "found"),
    [
        ("db.example", "db.example", 22, True),
        ("DB.example", "db.EXAMPLE", 22, True),
        ("db.example", "other.example", 22, False),
        ("[db.example]:2222", "db.example", 2222, True),
        ("[db.example]:2222", "db.example", 2223, False),
        ("[db.example]:2222", "db.example", 22, False),
        ("a,db.example,b", "db.example", 22, True),
        ("*.example", "db.example", 22, True),
        ("d?.example", "db.example", 22, True),
        ("*.example,!db.example", "db.example", 22, False),
        ("[*.example]:2222", "db.example", 2222, True),
        (hashed("db.example"), "db.example", 22, True),
        (hashed("[db.example]:2222"), "db.example", 2222, True),
        (hashed("db.example"), "other.example", 22, False),
        ("|1|garbage|", "db.example", 22, False),
        ("::1", "::1", 22, True),
    ],
)
def test_lookup(file: Path, names: str, host: str, port: int, *, found: bool) -> None:
    """A line is found under the names that OpenSSH finds it under."""
    file.write_text(f"{names} {text(KEY)} a comment\n")
    assert (KEY in KnownHosts(file).lookup(host, port).keys) is found


@pytest.mark.parametrize(
    "line", ["# db.example {}", "db.example", "db.example ssh-ed25519 !!!", "@cert-authority db.example {}"]
)
def test_lines_that_are_no_host_keys(file: Path, line: str) -> None:
    """Comments, malformed lines and certificate authorities are no host keys."""
    file.write_text(line.format(text(KEY)) + "\n")
    assert KnownHosts(file).lookup("db.example", 22).keys == ()


def test_key_under_the_bare_name(file: Path) -> None:
    """A key under the name without the port is found apart, as ssh accepts it when it is the same key."""
    file.write_text(f"db.example {text(KEY)}\n")
    known = KnownHosts(file).lookup("db.example", 2222)
    assert (known.keys, known.keys_without_port) == ((), (KEY,))


@pytest.mark.parametrize("line", ["Der Schlüssel für bastion", "|1|sälz|sälz ssh-ed25519 AAAA", "a b c\udce9"])
def test_odd_lines_are_skipped(file: Path, line: str) -> None:
    """A line whose base64 is none, in whatever encoding, hides no other line."""
    file.write_text(f"{line}\ndb.example {text(KEY)}\n", "utf-8", "surrogateescape")
    assert KnownHosts(file).lookup("db.example", 22).keys == (KEY,)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"db.example {text(NEW)}\n"),
        ("# mine", f"# mine\ndb.example {text(NEW)}\n"),
        (f"db.example {text(KEY)}", f"db.example {text(NEW)}\n"),
        (f"db.example {text(KEY)} note\nx {text(KEY)}\n", f"db.example {text(NEW)} note\nx {text(KEY)}\n"),
        (f"db.example,10.0.0.1 {text(KEY)}\n", f"10.0.0.1 {text(KEY)}\ndb.example {text(NEW)}\n"),
        (f"db.example {text(OTHER_TYPE)}\n", f"db.example {text(OTHER_TYPE)}\ndb.example {text(NEW)}\n"),
        (f"[db.example]:2222 {text(KEY)}\n", f"[db.example]:2222 {text(KEY)}\ndb.example {text(NEW)}\n"),
        (f"*.example {text(KEY)}\n", f"*.example {text(KEY)}\ndb.example {text(NEW)}\n"),
        (f"@revoked db.example {text(KEY)}\n", f"@revoked db.example {text(KEY)}\ndb.example {text(NEW)}\n"),
        (f"{hashed('db.example')} {text(KEY)}\n", f"{hashed('db.example')} {text(NEW)}\n"),
    ],
    ids=numbered,
)
def test_store(file: Path, before: str, after: str) -> None:
    """A key takes the place of the entry of its server and type; everything else stays as it was."""
    file.write_text(before)
    KnownHosts(file).store("db.example", 22, NEW)
    assert file.read_text() == after


def test_store_keeps_the_mode_and_bytes(file: Path) -> None:
    """The file's mode and lines in another encoding survive."""
    file.write_bytes(b"# caf\xe9\r\n")
    file.chmod(0o640)
    KnownHosts(file).store("db.example", 22, NEW)
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.read_bytes().startswith(b"# caf\xe9\r\n")


def test_store_makes_a_private_file(tmp_path: Path) -> None:
    """A missing file and its folder are made for their owner alone."""
    file = tmp_path / "new" / "known_hosts"
    KnownHosts(file).store("db.example", 2222, NEW)
    assert (file.read_text(), file.stat().st_mode & 0o777) == (f"[db.example]:2222 {text(NEW)}\n", 0o600)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"db.example {text(KEY)} note\n", f"db.example {text(OTHER_TYPE)} note\n"),
        (f"*.example {text(KEY)}\n", f"*.example {text(KEY)}\ndb.example {text(OTHER_TYPE)}\n"),
        (f"{hashed('db.example')} {text(KEY)}\n", f"{hashed('db.example')} {text(OTHER_TYPE)}\n"),
        (f"x {text(KEY)}\ndb.example {text(KEY)}\n", f"x {text(KEY)}\ndb.example {text(OTHER_TYPE)}\n"),
    ],
    ids=numbered,
)
def test_replace(file: Path, before: str, after: str) -> None:
    """A key of another type takes the place of the server's own entry of the old type."""
    file.write_text(before)
    KnownHosts(file).replace("db.example", 22, KEY, OTHER_TYPE)
    assert file.read_text() == after


@pytest.mark.parametrize(
    ("names", "port", "found"),
    [("*.example", 22, True), ("*.example", 2222, True), ("[*.example]:2222", 2222, True), ("other", 22, False)],
)
def test_authorities(file: Path, names: str, port: int, *, found: bool) -> None:
    """An authority is found under the server's name with the port, and under the one without."""
    file.write_text(f"@cert-authority {names} {text(KEY)}\n")
    assert (KEY in KnownHosts(file).lookup("db.example", port).authorities) is found
