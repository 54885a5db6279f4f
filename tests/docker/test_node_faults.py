from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

import paramiko
import pytest

from harness.errors import FabricBroken
from harness.faults.model import Freeze, Ignore, Kill, Refuse, RevokeKey, RotateHostKey
from harness.world.docker.world import DockerWorld

pytestmark = pytest.mark.docker
Ends = Callable[[socket.socket], str]


def test_a_frozen_bastion_is_silent_until_it_is_thawed(tunnel: Any, world: DockerWorld) -> None:
    """Every process of sshd is stopped, nothing passes, and afterwards the same connection goes on."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Freeze("bastion"))
        client.socket.sendall(b"during")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        evidence = fault.evidence()
        assert evidence.proven
        assert evidence.summary.count(" T") == 3
        fault.heal()
        assert client.hear(6) == b"during"


def test_a_killed_bastion_refuses_until_it_is_restarted(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """Sessions end, the link refuses, and a new process serves the same setup after the heal."""
    tunnel.echo()
    fault = world.inject(Kill("bastion"))
    tunnel.process.wait(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(world.address("bastion"), 2)
    assert fault.evidence().proven
    fault.heal()
    with dial() as another:
        assert another.echo() == b"hello"


def test_a_rotated_host_key_is_shown_to_new_connections_only(tunnel: Any, world: DockerWorld) -> None:
    """The session goes on, a new connection sees the key that ``setup`` now has, and the heal brings the old ones."""
    before = world.setup("bastion").host_keys
    fault = world.inject(RotateHostKey("bastion", ("ed25519",), add=False))
    assert fault.evidence().proven
    now = {key.public for key in world.setup("bastion").host_keys}
    assert len(now) == 1
    with paramiko.Transport(socket.create_connection(world.address("bastion"), 5)) as transport:
        transport.start_client(timeout=5)
        served = transport.get_remote_server_key()
    assert f"{served.get_name()} {served.get_base64()}" in now - {key.public for key in before}
    assert tunnel.echo() == b"hello"
    fault.heal()
    assert world.setup("bastion").host_keys == before


def test_taking_evidence_of_a_rotation_is_not_a_connection(world: DockerWorld) -> None:
    """What the harness does to see the new key is no event of the scenario."""
    world.inject(RotateHostKey("bastion"))
    assert {event.kind for event in world.events("bastion")} == {"log"}


def test_a_frozen_target_answers_after_it_is_thawed(tunnel: Any, world: DockerWorld) -> None:
    """The target's process is stopped; its connections are still told of, and go on afterwards."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Freeze("target"))
        client.socket.sendall(b"during")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        assert fault.evidence().proven
        assert len(world.target_connections()) == 1
        fault.heal()
        assert client.hear(6) == b"during"
        assert len(world.target_connections()) == 1


def test_a_killed_target_ends_its_connections(tunnel: Any, world: DockerWorld, ends: Ends) -> None:
    """The connection through the tunnel ends, new ones are refused, and after the heal it serves again."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Kill("target"))
        ends(client.socket)
    assert tunnel.echo() == b""
    assert fault.evidence().proven
    fault.heal()
    assert tunnel.echo() == b"hello"
    assert not world.target_connections()[0].open


def test_a_refusing_target_keeps_its_connections(tunnel: Any, world: DockerWorld) -> None:
    """New connections to the target are refused, open ones stay."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Refuse("target"))
        assert tunnel.echo() == b""
        assert client.talk(b"still") == b"still"
        assert fault.evidence().proven
        fault.heal()
        assert tunnel.echo() == b"hello"


def test_only_the_sessions_are_killed(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """The session ends, and the same listener lets a new one in; the restart has nothing to do."""
    tunnel.echo()
    fault = world.inject(Kill("bastion", "sessions"))
    tunnel.process.wait(5)
    evidence = fault.evidence()
    assert evidence.proven
    assert evidence.summary.startswith("2 processes of sessions gone")
    with dial() as another:
        assert another.echo() == b"hello"
        fault.heal()
        assert another.echo() == b"hello"


def test_killing_no_session_is_not_proven(world: DockerWorld) -> None:
    """Where nobody is logged in, there is nothing to kill."""
    assert not world.inject(Kill("bastion", "sessions")).evidence().proven


def test_only_the_listener_is_killed(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """The port refuses and the session goes on, until a new listener lets connections in again."""
    tunnel.echo()
    fault = world.inject(Kill("bastion", "listener"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(world.address("bastion"), 2)
    assert tunnel.echo() == b"hello"
    evidence = fault.evidence()
    assert evidence.proven
    assert evidence.summary.startswith("1 processes gone")
    fault.heal()
    with dial() as another:
        assert another.echo() == b"hello"
    assert tunnel.echo() == b"hello"


def test_the_target_has_no_parts(world: DockerWorld) -> None:
    """The target is one process: ``can`` says so."""
    assert "one process" in str(world.why_not(Kill("target", "sessions")))


@pytest.mark.parametrize("topology", ["single_bastion", "flaky_network"])
def test_an_ignoring_target_keeps_its_connections(tunnel: Any, world: DockerWorld) -> None:
    """New connections to the target get no answer, with a relay on the way too; open ones go on, and so it heals."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Ignore(world.topology.target))
        with closing(tunnel.connect()) as ignored:
            ignored.socket.sendall(b"anyone?")
            with pytest.raises(TimeoutError):
                ignored.hear(1, within=0.5)
        assert client.talk(b"still") == b"still"
        assert fault.evidence().proven
        fault.heal()
        assert tunnel.echo() == b"hello"


def test_that_a_target_ignores_is_proved_without_a_tunnel(world: DockerWorld) -> None:
    """A look of our own gets no answer, and counts as no attempt at the target."""
    evidence = world.inject(Ignore("target")).evidence()
    assert evidence.proven
    assert evidence.summary.endswith("got no answer")
    assert world.link_connections("to-target") == 0


def test_a_revoked_key_logs_nobody_in(tunnel: Any, world: DockerWorld, user_key: paramiko.PKey) -> None:
    """The session goes on, the key is refused, and after the heal it is taken again."""
    tunnel.echo()
    fault = world.inject(RevokeKey("bastion"))
    assert not _logs_in(world, user_key)
    assert tunnel.echo() == b"hello"
    evidence = fault.evidence()
    assert evidence.proven
    assert evidence.summary == "0 of 1 authorized keys are in the file"
    fault.heal()
    assert _logs_in(world, user_key)


def test_a_bastion_without_its_listener_fails_the_check(world: DockerWorld) -> None:
    """The check names the node that does not serve, and has nothing to say of a world that is healed."""
    world.check()
    fault = world.inject(Kill("bastion", "listener"))
    with pytest.raises(FabricBroken, match="bastion"):
        world.check()
    fault.heal()
    world.check()


def _logs_in(world: DockerWorld, key: paramiko.PKey) -> bool:
    with paramiko.Transport(socket.create_connection(world.address("bastion"), 5)) as transport:
        transport.start_client(timeout=5)
        try:
            transport.auth_publickey("alice", key)
        except paramiko.AuthenticationException:
            return False
        return True
