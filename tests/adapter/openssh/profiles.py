"""Profiles that differ in one respect, and what comes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import psutil
import pytest

from harness.adapter.driver import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile
    from harness.adapter.protocol import ErrorDetail

    from .bastion import Bastion

    Works = Callable[[str, int], bool]

OPEN = 60.0
"""Seconds for an open: patience with a busy machine, nothing that a test measures."""


def change(profile: Profile, **fields: object) -> Profile:
    """Return the profile with other values."""
    return profile.model_copy(update=fields)


def refusal(adapter: Adapter, profile: Profile) -> ErrorDetail:
    """Open a tunnel that must fail; return why."""
    with pytest.raises(Refused) as refused:
        adapter.open("t1", profile, OPEN)
    return refused.value.detail


def write_key(folder: Path, bastion: Bastion, passphrase: str | None = None) -> Path:
    """Write a new private key that the bastion accepts."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    bastion.authorized.add(" ".join(key.export_public_key().decode().split()[:2]))
    path = folder / "id"
    key.write_private_key(str(path), passphrase=passphrase)
    path.chmod(0o600)
    return path


def ssh_processes(adapter: Adapter) -> list[psutil.Process]:
    """Return what the adapter started."""
    return psutil.Process(adapter.pid).children(recursive=True)
