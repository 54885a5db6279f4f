"""The example of the documentation is an adapter."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from harness.adapter.driver import Adapter, Refused
from harness.adapter.profile import KeyAuth, Local
from harness.adapter.registry import resolve

from .profiles import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Bastion

    from harness.adapter.profile import Profile
    from harness.timeline import Timeline

_EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "example_adapter.py"
_FIRST_PORT_TAKEN = """#!/bin/sh
[ -e tried ] && exec {ssh} "$@"
touch tried
while [ "$1" != -E ]; do shift; done
echo "bind [127.0.0.1]:60000: Address already in use" >"$2"
"""


@pytest.fixture
def example(tmp_path: Path, timeline: Timeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Adapter]:
    """The example, run by this Python."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    with Adapter.start(
        resolve(str(_EXAMPLE)), folder=tmp_path, environment={}, timeline=timeline, answer=lambda _: None
    ) as adapter:
        yield adapter


@pytest.fixture
def key_profile(tmp_path: Path, profile: Profile, bastion: Bastion) -> Profile:
    """A login by key at a known host."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    bastion.authorized.add(" ".join(key.export_public_key().decode().split()[:2]))
    key.write_private_key(str(tmp_path / "id"))
    (tmp_path / "id").chmod(0o600)
    Path(profile.host_keys.file).write_text(bastion.known_hosts())
    return profile.model_copy(update={"auth": KeyAuth(file=str(tmp_path / "id"))})


def test_the_example_opens_and_closes_a_tunnel(
    example: Adapter, key_profile: Profile, works: Callable[[str, int], bool]
) -> None:
    """It passes the handshake, carries bytes, and stops listening when told."""
    endpoint = example.open("t1", key_profile, OPEN)
    assert works(endpoint.host, endpoint.port)
    example.close("t1", 15)


def test_a_port_that_was_asked_for_and_is_taken_is_left_to_its_owner(example: Adapter, key_profile: Profile) -> None:
    """Ssh itself takes the port, so that nobody can take it in between."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked_for = key_profile.model_copy(update={"local": Local(port=taken.getsockname()[1])})
        with pytest.raises(Refused, match="in use"):
            example.open("t1", asked_for, OPEN)


def test_another_port_is_tried_when_the_chosen_one_is_taken(
    example: Adapter, key_profile: Profile, tmp_path: Path, works: Callable[[str, int], bool]
) -> None:
    """Where the profile leaves the choice to the adapter."""
    ssh = tmp_path / "bin" / "ssh"
    ssh.write_text(_FIRST_PORT_TAKEN.format(ssh=shutil.which("ssh")))
    ssh.chmod(0o755)
    endpoint = example.open("t1", key_profile, OPEN)
    assert works(endpoint.host, endpoint.port)
    assert (tmp_path / "tried").exists()


def test_the_example_tells_a_refused_login(example: Adapter, key_profile: Profile, bastion: Bastion) -> None:
    """A key that the server does not know is auth-failed."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    with pytest.raises(Refused, match="auth-failed"):
        example.open("t1", key_profile, OPEN)


def test_the_example_is_short() -> None:
    """The documentation promises fewer than fifty lines."""
    assert len(_EXAMPLE.read_text().splitlines()) < 50
