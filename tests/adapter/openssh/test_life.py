"""Opening, ports, states, the end."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.adapter.driver import Refused
from harness.adapter.profile import (
    GeneratedTotp,
    Local,
)
from harness.adapters.command.ports import reserved
from harness.errors import Unsupported

from .profiles import OPEN, change, refusal, ssh_processes

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile
    from harness.adapter.protocol import OpenOk

    from .bastion import Bastion
    from .conftest import User

    Works = Callable[[str, int], bool]


def test_a_password_opens_a_tunnel_that_carries_bytes(openssh: Adapter, profile: Profile, works: Works) -> None:
    """The endpoint of the reply is connectable as given, and loopback."""
    endpoint = openssh.open("t1", profile, OPEN)
    assert endpoint.host == "127.0.0.1"
    assert works(endpoint.host, endpoint.port)


def test_the_states_tell_the_way(openssh: Adapter, profile: Profile) -> None:
    """A tunnel says connecting, connected and closed, in this order."""
    openssh.open("t1", profile, OPEN)
    openssh.close("t1", OPEN)
    assert [event.state for _, event in openssh.state_events("t1")] == ["connecting", "connected", "closed"]


def test_a_port_that_another_adapter_chose_is_left_to_it(openssh: Adapter, profile: Profile) -> None:
    """A port that is reserved but not yet listened at is refused, so that two starts never share one."""
    with reserved("127.0.0.1") as port, socket.socket() as other:
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        assert openssh.open("t1", profile, OPEN).port != port


def test_secrets_are_not_in_arguments_or_environments(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """The password is seen in no process that the adapter started."""
    openssh.open("t1", profile, OPEN)
    seen = [(process.cmdline(), process.environ()) for process in ssh_processes(openssh)]
    assert seen
    assert bastion.password not in repr(seen)


def test_a_busy_local_port_is_named(openssh: Adapter, profile: Profile, target_port: int) -> None:
    """A fixed port that someone holds is never shared or replaced."""
    assert refusal(openssh, change(profile, local=Local(port=target_port))).code == "port-in-use"


def test_ssh_sleeps_with_its_adapter(openssh: Adapter, profile: Profile) -> None:
    """The processes of a tunnel are in the adapter's group, so that suspending it stops them too."""
    openssh.open("t1", profile, OPEN)
    assert {os.getpgid(process.pid) for process in ssh_processes(openssh)} == {openssh.pid}


def test_close_ends_ssh_within_two_seconds(openssh: Adapter, profile: Profile) -> None:
    """After close no ssh is left, also when ssh was stopped."""
    openssh.open("t1", profile, OPEN)
    children = ssh_processes(openssh)
    for child in children:
        child.suspend()
    began = time.monotonic()
    openssh.close("t1", OPEN)
    assert time.monotonic() - began < 2
    assert children
    assert not [child for child in children if child.is_running()]


def test_close_cancels_an_open_that_waits(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A tunnel that waits for the user can be closed; its open is then cancelled."""
    user.may_answer.clear()
    opening = openssh.begin_open("t1", profile)
    assert user.was_asked.wait(10)
    openssh.close("t1", OPEN)
    user.may_answer.set()
    with pytest.raises(Refused, match="cancelled"):
        opening.wait(OPEN)
    assert bastion.passwords_seen == []


def test_what_ssh_cannot_do_is_unsupported(openssh: Adapter, profile: Profile) -> None:
    """Generated codes, connection tests and imports are answered as such."""
    with pytest.raises(Unsupported, match=r"totp\.generate"):
        openssh.open("t1", change(profile, totp=GeneratedTotp(secret="JBSWY3DPEHPK3PXP")), OPEN)
    with pytest.raises(Unsupported, match="test"):
        openssh.test(profile, OPEN)
    with pytest.raises(Unsupported, match="import-url"):
        openssh.import_url("postgresql+ssh://a@b/c@d/e", OPEN)
    with pytest.raises(Unsupported, match="import-config"):
        openssh.import_config(Path("config"), "db", OPEN)


def test_stopping_leaves_nothing(openssh: Adapter, profile: Profile, tmp_path: Path, works: Works) -> None:
    """After stop there is no ssh, no listener and no file but the known hosts."""
    endpoint: OpenOk = openssh.open("t1", profile, OPEN)
    children = ssh_processes(openssh)
    openssh.stop()
    assert not [child for child in children if child.is_running()]
    assert [path.name for path in tmp_path.iterdir()] == ["known_hosts"]
    with pytest.raises(ConnectionRefusedError):
        works(endpoint.host, endpoint.port)
