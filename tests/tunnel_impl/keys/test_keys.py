"""Private key files in every form, and what is said of those that cannot be used."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import TunnelError
from tunnel_impl.keys.private_keys import load_private_key

if TYPE_CHECKING:
    from pathlib import Path

CIPHERS = (
    "3des-cbc",
    "aes128-cbc",
    "aes192-cbc",
    "aes256-cbc",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
)
PASSPHRASE = "open sesame"
KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


@pytest.fixture(scope="module")
def keys() -> dict[str, asyncssh.SSHKey]:
    """One key of each type."""
    return {kind: asyncssh.generate_private_key(kind) for kind in KINDS}


def fails(file: Path, passphrase: str | None = None) -> str:
    """Return the code with which a key is refused."""
    with pytest.raises(TunnelError) as caught:
        load_private_key(str(file), passphrase)
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["openssh", "pkcs8-pem", "pkcs1-pem"])
def test_format(tmp_path: Path, keys: dict[str, asyncssh.SSHKey], kind: str, form: str) -> None:
    """Each type is read from each format that it has."""
    if (kind, form) == ("ssh-ed25519", "pkcs1-pem"):
        form = "pkcs8-pem"
    file = tmp_path / "key"
    file.write_bytes(keys[kind].export_private_key(form))
    signer = load_private_key(str(file), None)
    assert (signer.type, signer.blob) == (kind, keys[kind].public_data)


@pytest.mark.filterwarnings("ignore:Warning. bcrypt.kdf")  # one round keeps the test fast
@pytest.mark.parametrize("cipher", CIPHERS)
def test_encrypted(tmp_path: Path, keys: dict[str, asyncssh.SSHKey], cipher: str) -> None:
    """Each cipher of ``ssh-keygen -Z`` opens with the passphrase, and says when it is wrong or missing."""
    file = tmp_path / "key"
    file.write_bytes(keys["ssh-ed25519"].export_private_key(passphrase=PASSPHRASE, cipher_name=cipher, rounds=1))
    assert load_private_key(str(file), PASSPHRASE).blob == keys["ssh-ed25519"].public_data
    assert [fails(file, "wrong"), fails(file)] == ["wrong-passphrase"] * 2


@pytest.mark.parametrize("form", ["pkcs8-pem", "pkcs1-pem"])
def test_encrypted_pem(tmp_path: Path, keys: dict[str, asyncssh.SSHKey], form: str) -> None:
    """Encrypted PEM keys, new and old, behave the same."""
    file = tmp_path / "key"
    file.write_bytes(keys["ssh-rsa"].export_private_key(form, passphrase=PASSPHRASE))
    assert load_private_key(str(file), PASSPHRASE).blob == keys["ssh-rsa"].public_data
    assert [fails(file, "wrong"), fails(file)] == ["wrong-passphrase"] * 2


def test_windows_line_ends(tmp_path: Path, keys: dict[str, asyncssh.SSHKey]) -> None:
    """CRLF line ends, blank lines around and a missing last newline do no harm."""
    file = tmp_path / "key"
    file.write_bytes(b"\r\n" + keys["ssh-ed25519"].export_private_key().strip().replace(b"\n", b"\r\n"))
    assert load_private_key(str(file), None).blob == keys["ssh-ed25519"].public_data


def test_unneeded_passphrase(tmp_path: Path, keys: dict[str, asyncssh.SSHKey]) -> None:
    """A passphrase for a key without one is ignored."""
    file = tmp_path / "key"
    file.write_bytes(keys["ssh-rsa"].export_private_key("pkcs8-pem"))
    assert load_private_key(str(file), PASSPHRASE).type == "ssh-rsa"


def test_home(tmp_path: Path, keys: dict[str, asyncssh.SSHKey], monkeypatch: pytest.MonkeyPatch) -> None:
    """``~`` is the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_bytes(keys["ssh-ed25519"].export_private_key())
    assert load_private_key("~/key", None).type == "ssh-ed25519"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"PuTTY-User-Key-File-3: ssh-ed25519",
        b"ssh-ed25519 AAAA me",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ],
)
def test_unsupported(tmp_path: Path, content: bytes) -> None:
    """What is no key that can be used is key-unsupported."""
    file = tmp_path / "key"
    file.write_bytes(content)
    assert fails(file) == "key-unsupported"


def test_other_type(tmp_path: Path) -> None:
    """A DSA key is key-unsupported."""
    file = tmp_path / "key"
    file.write_bytes(asyncssh.generate_private_key("ssh-dss").export_private_key("pkcs8-pem"))
    assert fails(file) == "key-unsupported"


def test_missing(tmp_path: Path) -> None:
    """A missing file is key-not-found, also below a file; a folder is no key at all."""
    (tmp_path / "file").touch()
    assert (fails(tmp_path / "none"), fails(tmp_path / "file" / "key")) == ("key-not-found", "key-not-found")
    assert fails(tmp_path) == "key-unsupported"


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is key-unreadable; the refusal is made up, for root may read everything."""
    (tmp_path / "key").touch()

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert fails(tmp_path / "key") == "key-unreadable"


def test_pipe(tmp_path: Path) -> None:
    """A pipe, which would never end, is not read."""
    os.mkfifo(tmp_path / "pipe")
    assert fails(tmp_path / "pipe") == "key-unsupported"


@pytest.mark.parametrize("path", ["~nobody-of-this-name/key", "a\0b"])
def test_no_path(path: str) -> None:
    """What cannot be a path is key-not-found."""
    with pytest.raises(TunnelError) as caught:
        load_private_key(path, None)
    assert caught.value.code == "key-not-found"


def test_spaces(tmp_path: Path, keys: dict[str, asyncssh.SSHKey]) -> None:
    """Spaces within a path belong to it; those around it do not."""
    file = tmp_path / "my keys" / "id of mine"
    file.parent.mkdir()
    file.write_bytes(keys["ssh-ed25519"].export_private_key())
    assert load_private_key(f" {file}\n", None).type == "ssh-ed25519"
