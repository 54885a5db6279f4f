"""Files that were made to cost time, memory or secrets cost none of them."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from tunnel_impl import TunnelError
from tunnel_impl.imports.front import within_limit
from tunnel_impl.imports.ssh_config import load_host
from tunnel_impl.keys.openssh_key import OpenSSHKey, UnknownCipher

MOST_WARNINGS = 101
LEVELS, WIDTH = 15, 4


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of a home of one's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path / ".ssh" / "config"


def complaint(config: Path) -> TunnelError:
    """Return why the file is refused."""
    with pytest.raises(TunnelError) as caught:
        load_host(config, "web")
    return caught.value


def test_ten_thousand_unknown_lines(config: Path) -> None:
    """Ten thousand unknown lines are refused in one message that is no longer than for one."""
    config.write_text("Unknown line\n" * 10_000)
    error = complaint(config)
    assert error.code == "bad-profile"
    assert len(error.message) < 1000


def test_ten_thousand_lines_that_are_not_imported(config: Path) -> None:
    """Ten thousand known lines that mean nothing here give a hundred warnings, and one that there are more."""
    config.write_text("".join(f"SendEnv NAME_{number}\n" for number in range(10_000)))
    assert len(load_host(config, "web").warnings) <= MOST_WARNINGS


def test_tree_of_includes(config: Path) -> None:
    """Four Includes on each of fifteen levels, a billion files, are refused after some hundreds."""
    for level in range(LEVELS):
        (config.parent / f"level{level}").write_text(f"Include {' '.join([f'level{level + 1}'] * WIDTH)}\n")
    (config.parent / f"level{LEVELS}").write_text("User deploy\n")
    config.write_text("Include level0\n")
    assert complaint(config).code == "bad-profile"


@pytest.mark.parametrize("endless", ["pipe", "zero"])
def test_include_of_what_has_no_end(config: Path, endless: str) -> None:
    """A pipe that nobody writes to, and a device that never ends, are left out with a warning."""
    pipe = config.parent / "pipe"
    os.mkfifo(pipe)
    config.write_text(f"Include {pipe if endless == 'pipe' else '/dev/zero'}\nHost web\n  User deploy\n")
    found = load_host(config, "web")
    assert found.user == "deploy"
    assert "Not a regular file" in found.warnings[0]


def test_include_of_a_private_key(config: Path) -> None:
    """The message about an included private key shows no line of it."""
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    (config.parent / "id").write_text(key)
    config.write_text("Include id\n")
    error = complaint(config)
    assert error.code == "bad-profile"
    assert not [line for line in key.splitlines()[1:-1] if line[:16] in error.message]


def test_rounds_without_end() -> None:
    """A key with 2³¹ rounds of bcrypt is refused before any is computed."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    file = OpenSSHKey.read(key.export_private_key(passphrase="secret", rounds=50))
    assert file is not None
    endless = replace(file, kdf_options=file.kdf_options[:-4] + (1 << 31).to_bytes(4, "big"))
    with pytest.raises(UnknownCipher, match="rounds of bcrypt"):
        endless.decrypted("secret")


def test_limit_of_an_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that takes too long ends in timeout, and whoever asked goes on."""
    monkeypatch.setattr("tunnel_impl.imports.front.LONGEST", 0.05)
    over = threading.Event()
    with pytest.raises(TunnelError) as caught:
        within_limit(over.wait)
    over.set()
    assert caught.value.code == "timeout"
