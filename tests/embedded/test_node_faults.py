from __future__ import annotations

from typing import Any

import paramiko
import pytest

from harness.errors import FabricBroken
from harness.faults.model import Ignore, Kill, RevokeKey


def echo(channel: paramiko.Channel, text: bytes) -> bytes:
    """Return what comes back for a text."""
    channel.sendall(text)
    answer: bytes = channel.recv(len(text))
    return answer


# --- kill


def test_killed_sessions_end_and_the_listener_goes_on(user: Any, world: Any, until: Any) -> None:
    """Every SSH connection ends, and the same process lets the next one in."""
    pid = world._bastions["bastion"].node.pid
    transports = [user.login(), user.login()]
    fault = world.inject(Kill("bastion", "sessions"))
    until(lambda: not any(transport.is_active() for transport in transports))
    assert world.sessions("bastion") == 0
    assert (fault.evidence().proven, fault.evidence().summary) == (True, "2 sessions of bastion ended, it listens")
    fault.heal()
    fault.heal()
    assert user.login().is_active()
    assert world._bastions["bastion"].node.pid == pid


def test_a_killed_session_says_nothing(user: Any, world: Any) -> None:
    """Its client gets a bare FIN, no SSH_MSG_DISCONNECT."""
    client = user.dial("to-bastion", b"SSH-2.0-silent\r\n")
    while b"ssh-ed25519" not in client.recv(1 << 16):
        pass
    world.inject(Kill("bastion", "sessions"))
    assert client.recv(1 << 16) == b""


def test_killing_no_sessions_is_not_proven(world: Any) -> None:
    """Where there was none, nothing happened."""
    assert not world.inject(Kill("bastion", "sessions")).evidence().proven


def test_a_killed_listener_refuses_and_leaves_the_sessions(user: Any, world: Any) -> None:
    """The link refuses, the open channel goes on, and healed the bastion lets people in."""
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    fault = world.inject(Kill("bastion", "listener"))
    with pytest.raises(ConnectionRefusedError):
        user.dial("to-bastion")
    assert echo(channel, b"a") == b"a"
    assert fault.evidence().proven
    fault.heal()
    fault.heal()
    assert user.login().is_active()


@pytest.mark.parametrize("part", ["sessions", "listener"])
def test_the_target_is_killed_as_a_whole(world: Any, part: Any) -> None:
    """It has no sessions, and what stops only its listening is refuse."""
    fault = Kill("target", part)
    assert f"kill of the {part} works only on bastion" in world.why_not(fault)
    with pytest.raises(FabricBroken, match="not on target"):
        world.inject(fault)


# --- ignore


def ask_in_vain(transport: paramiko.Transport) -> None:
    """Ask for a channel to the target and see that no answer comes."""
    with pytest.raises(paramiko.SSHException, match="Timeout opening channel"):
        transport.open_channel("direct-tcpip", ("target.internal", 7000), ("127.0.0.1", 0), timeout=0.3)


def test_an_ignored_connection_is_neither_accepted_nor_refused(user: Any, world: Any, until: Any) -> None:
    """A channel stays unanswered while open ones go on; the fault proves itself on a connection of its own."""
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    fault = world.inject(Ignore("target"))
    assert fault.evidence().summary == "a connection to target got no answer; 0 channel opens held"
    ask_in_vain(transport)
    assert echo(channel, b"a") == b"a"
    until(lambda: fault.evidence().summary == "a connection to target got no answer; 1 channel open held")
    assert fault.evidence().proven
    assert world.link_connections("to-target") == 1


def test_what_was_ignored_connects_when_the_target_answers_again(user: Any, world: Any, until: Any) -> None:
    """The open that was held goes on, and new ones are welcome."""
    transport = user.login()
    fault = world.inject(Ignore("target"))
    ask_in_vain(transport)
    assert world.target_connections() == ()
    assert fault.evidence().summary.endswith("1 channel open held")
    fault.heal()
    fault.heal()
    until(lambda: len(world.target_connections()) == 1)
    channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    assert fault.evidence().summary.endswith("1 channel open held")


def test_what_was_ignored_for_a_session_that_ended_never_connects(user: Any, world: Any, until: Any) -> None:
    """Healed, the target sees only who is still there."""
    transport = user.login()
    fault = world.inject(Ignore("target"))
    ask_in_vain(transport)
    transport.close()
    until(lambda: world.sessions("bastion") == 0)
    fault.heal()
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    assert len(world.target_connections()) == 1


def test_a_bastion_that_is_restarted_meets_the_same_silence(user: Any, world: Any) -> None:
    """It is the target that does not answer, whichever process asks."""
    fault = world.inject(Ignore("target"))
    world.inject(Kill("bastion")).heal()
    ask_in_vain(user.login())
    assert world.target_connections() == ()
    fault.heal()


def test_the_next_scenario_is_not_ignored(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A new beginning lets the target answer."""
    world.inject(Ignore("target"))
    world.begin(timeline, {"bastion": setup})
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"


def test_only_the_target_is_ignored(world: Any) -> None:
    """A bastion is not."""
    assert (
        world.why_not(Ignore("bastion"))
        == "ignore works only on target of single_bastion on the embedded fabric, not on bastion"
    )


# --- revoke_key


def test_a_revoked_key_is_refused_until_it_is_restored(user: Any, world: Any) -> None:
    """The session goes on, a new login fails, and healed the key is good again."""
    transport = user.login()
    fault = world.inject(RevokeKey("bastion"))
    with pytest.raises(paramiko.AuthenticationException):
        user.greet().auth_publickey("alice", user.key)
    channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    assert (fault.evidence().proven, fault.evidence().summary) == (True, "bastion accepts no key, where it accepted 1")
    fault.heal()
    fault.heal()
    assert user.login().is_active()


def test_a_key_is_revoked_also_for_who_is_about_to_log_in(user: Any, world: Any) -> None:
    """A connection that was made before meets the present keys, as with sshd."""
    transport = user.greet()
    world.inject(RevokeKey("bastion"))
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_publickey("alice", user.key)


def test_a_bastion_that_is_restarted_still_takes_no_key(user: Any, world: Any) -> None:
    """What was revoked stays so over its lives."""
    fault = world.inject(RevokeKey("bastion"))
    world.inject(Kill("bastion")).heal()
    with pytest.raises(paramiko.AuthenticationException):
        user.greet().auth_publickey("alice", user.key)
    fault.heal()
    assert user.login().is_active()


def test_the_next_scenario_has_its_keys(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A new beginning takes the keys of its setup."""
    world.inject(RevokeKey("bastion"))
    world.begin(timeline, {"bastion": setup})
    assert user.login().is_active()
