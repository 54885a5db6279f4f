"""Host keys: asked, stored, refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from harness.adapter.profile import (
    HostKeys,
)
from harness.adapter.protocol import HostKeyQuestion

from .profiles import OPEN, change, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion
    from .conftest import User

    Works = Callable[[str, int], bool]


def test_an_unknown_host_key_is_asked_with_type_and_fingerprint(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path
) -> None:
    """The question carries what the server showed; accepting stores it."""
    openssh.open("t1", profile, OPEN)
    [(_, question, answer)] = openssh.questions("t1")
    assert isinstance(question, HostKeyQuestion)
    assert (question.type, question.fingerprint) == ("ssh-ed25519", bastion.host_key.get_fingerprint())
    assert (question.port, question.status, answer) == (bastion.port, "unknown", "accept")
    assert (tmp_path / "known_hosts").read_text().split()[:3] == bastion.known_hosts().split()[:3]


def test_a_rejected_host_key_sends_no_password(
    openssh: Adapter, profile: Profile, bastion: Bastion, user: User, tmp_path: Path
) -> None:
    """Rejecting ends it before any credential, and stores nothing."""
    user.accept = False
    assert refusal(openssh, profile).code == "host-key-unknown"
    assert bastion.passwords_seen == []
    assert not (tmp_path / "known_hosts").exists()


def test_unknown_host_keys_can_be_refused_unasked(openssh: Adapter, profile: Profile) -> None:
    """With unknown: reject, nobody is asked."""
    store = HostKeys(file=profile.host_keys.file, unknown="reject")
    assert refusal(openssh, change(profile, host_keys=store)).code == "host-key-unknown"
    assert openssh.questions("t1") == ()


def test_a_known_host_key_is_not_asked(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """What is in the store is trusted."""
    Path(profile.host_keys.file).write_text(bastion.known_hosts())
    openssh.open("t1", profile, OPEN)
    assert openssh.questions("t1") == ()


def test_a_changed_host_key_is_refused_before_any_credential(
    openssh: Adapter, profile: Profile, bastion: Bastion
) -> None:
    """Another key of the same type is host-key-changed, with the fingerprint that was sent."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    Path(profile.host_keys.file).write_text(f"[127.0.0.1]:{bastion.port} {other}")
    error = refusal(openssh, profile)
    assert error.code == "host-key-changed"
    assert bastion.host_key.get_fingerprint() in error.message
    assert bastion.passwords_seen == []
