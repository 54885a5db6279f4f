"""The example of the documentation is an adapter."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from harness.adapter.driver import Adapter, Refused
from harness.adapter.profile import KeyAuth
from harness.adapter.registry import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Bastion

    from harness.adapter.profile import Profile
    from harness.timeline import Timeline

_EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "example_adapter.py"


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
    endpoint = example.open("t1", key_profile, 15)
    assert works(endpoint.host, endpoint.port)
    example.close("t1", 15)


def test_the_example_tells_a_refused_login(example: Adapter, key_profile: Profile, bastion: Bastion) -> None:
    """A key that the server does not know is auth-failed."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    with pytest.raises(Refused, match="auth-failed"):
        example.open("t1", key_profile, 15)


def test_the_example_is_short() -> None:
    """The documentation promises fewer than forty lines."""
    assert len(_EXAMPLE.read_text().splitlines()) < 40
