"""Dropbear as a bastion: who came, who is in, and where channels lead."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import paramiko
import pytest

from harness.faults.model import Freeze, Kill, RotateHostKey
from harness.faults.needs import NeedsServer
from harness.timeline import Timeline
from harness.world.docker.bastion.dropbear import LogReader
from harness.world.docker.faults.abilities import missing
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup
from harness.world.topology import topologies

CAME = "[7] Nov 28 03:32:21 Child connection from 10.0.0.2:40000"
LET_IN = "[7] Nov  8 03:32:21 Pubkey auth succeeded for 'alice' with ssh-ed25519 key SHA256:abc from 10.0.0.2:40000"
LEFT = "[7] Nov 28 03:32:22 Exit (alice) from <10.0.0.2:40000>: Disconnect received"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (CAME, [("connected", {"peer": "10.0.0.2:40000"})]),
        (LET_IN, [(kind, {"method": "publickey", "user": "alice"}) for kind in ("auth-tried", "auth-ok")]),
        (
            "[7] Nov 28 03:32:21 Bad password attempt for 'bob' from 10.0.0.2:40000",
            [(kind, {"method": "password", "user": "bob"}) for kind in ("auth-tried", "auth-failed")],
        ),
        (
            "[7] channel to port 7000 of target.internal",
            [("channel", {"type": "direct-tcpip", "host": "target.internal", "port": "7000"})],
        ),
        ("[7] Nov 28 03:32:21 Exit before auth: Aiee, segfault! You", [("broke", {"reason": "Aiee, segfault! You"})]),
    ],
)
def test_a_line_is_an_event(line: str, seen: list[Any]) -> None:
    """Each phrase of dropbear tells what sshd's would."""
    assert list(LogReader().read(line)) == seen


@pytest.mark.parametrize(
    "line",
    [
        "[1] Nov 28 03:32:20 Not backgrounding",
        "[7] Nov 28 03:32:21 Child connection from 127.0.0.1:40000",
        "[7] Nov 28 03:32:22 Exit before auth from <127.0.0.1:40000>: Exited normally",
        "Password auth succeeded for 'alice' from 10.0.0.2:40000",
    ],
)
def test_other_lines_are_only_shown(line: str) -> None:
    """Among them looks of our own, and what no process of dropbear wrote."""
    assert LogReader().read(line) == (("log", {"text": line}),)


def test_a_connection_ends_once_and_its_number_may_come_back() -> None:
    """Processes are known by their numbers, which the kernel gives again."""
    reader = LogReader()
    for line in (CAME, LET_IN):
        reader.read(line)
    assert reader.logged_in({"7": ("dropbear", ""), "8": ("dropbear", "")}) == 1
    assert reader.logged_in({}) == 0
    left = ("disconnected", {"peer": "10.0.0.2:40000", "reason": "Disconnect received"})
    assert (reader.read(LEFT), reader.read(LEFT)) == ((left,), (("log", {"text": LEFT}),))
    reader.read(CAME)
    assert reader.logged_in({"7": ("dropbear", "")}) == 0


def test_the_bastion_with_pam_has_no_dropbear() -> None:
    """A scenario that wants one there is not run, with this reason."""
    assert missing(topologies()["two_hop"], frozenset({NeedsServer("bastion2", "dropbear")})) is None
    reason = missing(topologies()["pam_totp"], frozenset({NeedsServer("totp", "dropbear")}))
    assert reason == "totp of pam_totp has PAM, and no dropbear"


@pytest.fixture
def setup(setup: BastionSetup) -> BastionSetup:
    """The usual one, served by dropbear."""
    return replace(setup, server="dropbear")


@pytest.fixture
def connect(world: DockerWorld) -> Iterator[Callable[[], paramiko.Transport]]:
    """Connect to dropbear, up to the point where one logs in."""
    opened: list[paramiko.Transport] = []

    def dial() -> paramiko.Transport:
        opened.append(paramiko.Transport(socket.create_connection(world.address("bastion"), 5)))
        opened[-1].start_client(timeout=5)
        return opened[-1]

    yield dial
    for transport in opened:
        transport.close()


@pytest.mark.docker
def test_what_dropbear_does_not_log_is_known(world: DockerWorld, dial: Any, until: Any) -> None:
    """Each channel is told by the name and the port that the client asked for, and who is in, while he is."""
    with dial() as tunnel:
        assert tunnel.echo() == b"hello"
        assert tunnel.echo() == b"hello"
        assert world.sessions("bastion") == 1
        kinds = [event.kind for event in world.events("bastion") if event.kind != "log"]
        assert kinds == ["connected", "auth-tried", "auth-ok", "channel", "channel"]
        (channel, _) = (event.detail for event in world.events("bastion") if event.kind == "channel")
        assert channel == {"type": "direct-tcpip", "host": "target.internal", "port": "7000"}
    until(lambda: world.sessions("bastion") == 0)
    until(lambda: world.events("bastion")[-1].kind == "disconnected")


@pytest.mark.docker
def test_passwords_are_as_the_setup_says(world: DockerWorld, setup: BastionSetup, connect: Any) -> None:
    """The right one lets in, another is told, and where there is none nobody is asked for one."""
    with pytest.raises(paramiko.AuthenticationException):
        connect().auth_password("alice", "wrong")
    connect().auth_password("alice", "open sesame")
    told = [event.kind for event in world.events("bastion") if event.kind.startswith("auth")]
    assert told == ["auth-tried", "auth-failed", "auth-tried", "auth-ok"]
    world.begin(Timeline(), {"bastion": replace(setup, password=None)})
    with pytest.raises(paramiko.BadAuthenticationType):
        connect().auth_password("alice", "open sesame")


@pytest.mark.docker
def test_a_new_host_key_is_shown_and_sessions_go_on(world: DockerWorld, dial: Any) -> None:
    """The fault has its evidence, as at sshd."""
    with dial() as tunnel:
        assert world.inject(RotateHostKey("bastion")).evidence().proven
        assert tunnel.echo() == b"hello"


@pytest.mark.docker
def test_dropbear_is_frozen_and_killed_like_sshd(world: DockerWorld, dial: Any, greeting: Any) -> None:
    """All of its processes stop; those of its sessions are killed while the listener stays."""
    with dial() as tunnel:
        frozen = world.inject(Freeze("bastion"))
        assert frozen.evidence().proven
        frozen.heal()
        assert tunnel.echo() == b"hello"
        assert world.inject(Kill("bastion", "sessions")).evidence().proven
    assert world.sessions("bastion") == 0
    assert greeting() == b"SSH-"
