"""What ssh's messages are taken to mean."""

from __future__ import annotations

import pytest

from harness.adapters.openssh.diagnosis import diagnose, forward_failure, jump_failure, login_refused, undiagnosed


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ssh: connect to host 127.0.0.1 port 1: Connection refused", "connection-refused"),
        ("ssh: connect to host 192.0.2.1 port 22: No route to host", "connection-refused"),
        ("ssh: connect to host 192.0.2.1 port 22: Connection timed out", "timeout"),
        ("Connection timed out during banner exchange", "timeout"),
        ("ssh: Could not resolve hostname x: Name or service not known", "dns-failed"),
        ("alice@127.0.0.1: Permission denied (publickey,password).", "auth-failed"),
        ("Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures", "auth-failed"),
        ("Host key verification failed.", "host-key-unknown"),
        ("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "host-key-changed"),
        ("no such identity: /keys/id: No such file or directory", "key-not-found"),
        ('Load key "/keys/id": bad permissions', "key-unreadable"),
        ('Load key "/keys/id": Permission denied', "key-unreadable"),
        ('Load key "/keys/id": error in libcrypto', "key-unsupported"),
        ('Load key "/keys/id": incorrect passphrase supplied to decrypt private key', "wrong-passphrase"),
        ("bind [127.0.0.1]:60000: Address already in use", "port-in-use"),
        ("kex_exchange_identification: Connection closed by remote host", "handshake-failed"),
        ("Unable to negotiate with 127.0.0.1 port 22: no matching cipher found.", "handshake-failed"),
        ("Timeout, server 127.0.0.1 not responding.", "connection-lost"),
        ("Connection closed by 127.0.0.1 port 22", "handshake-failed"),
    ],
)
def test_a_message_has_its_code(line: str, code: str) -> None:
    """Each way to fail is told apart, and ssh's own words are kept for the user."""
    error = diagnose(["debug1: Reading configuration data", line])
    assert error
    assert error.code == code
    assert line.strip() in error.message


def test_a_cause_counts_more_than_its_consequence() -> None:
    """A key that cannot be read is told, and not the refusal that follows."""
    lines = ['Load key "/keys/id": bad permissions', "alice@host: Permission denied (publickey)."]
    error = diagnose(lines)
    assert error
    assert error.code == "key-unreadable"


def test_an_agent_that_does_not_answer_is_told() -> None:
    """Ssh says so in its debug messages only."""
    lines = [
        "debug1: get_agent_identities: ssh_get_authentication_socket: No such file or directory",
        "alice@host: Permission denied (publickey).",
    ]
    error = diagnose(lines)
    assert error
    assert error.code == "agent-unavailable"


@pytest.mark.parametrize(("refusals", "partial", "refused"), [(1, 0, False), (2, 0, True), (2, 1, False), (3, 1, True)])
def test_a_refused_login_is_told_from_one_that_goes_on(*, refusals: int, partial: int, refused: bool) -> None:
    """The server answers the method none, and each success that is partial, as it answers a refused one."""
    lines = ["debug1: Authentications that can continue: publickey,password"] * refusals
    lines += ['Authenticated using "publickey" with partial success.'] * partial
    assert login_refused(lines) is refused


def test_debug_messages_are_no_diagnosis() -> None:
    """What ssh tries on the way is not why it ended."""
    lines = ["debug1: connect to address ::1 port 22: Connection refused"]
    assert diagnose(lines) is None
    assert undiagnosed(lines).code == "internal"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("administratively prohibited: open failed", "forward-prohibited"),
        ("connect failed: Connection refused", "forward-refused"),
        ("connect failed: Name or service not known", "target-unresolved"),
        ("connect failed: Temporary failure in name resolution", "target-unresolved"),
        ("connect failed: Connection timed out", "timeout"),
        ("connect failed: ", "forward-refused"),
    ],
)
def test_a_refused_channel_has_its_code(text: str, code: str) -> None:
    """Prohibited, refused and unknown targets are told apart."""
    error = forward_failure(f"channel 2: open failed: {text}")
    assert error
    assert error.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("administratively prohibited: open failed", "jump-failed"),
        ("connect failed: Connection refused", "connection-refused"),
        ("connect failed: Name or service not known", "dns-failed"),
        ("connect failed: Connection timed out", "timeout"),
    ],
)
def test_what_a_jump_cannot_reach_has_the_code_of_its_cause(text: str, code: str) -> None:
    """Only a bastion that forbids the way on is a jump that failed."""
    error = jump_failure([f"channel 0: open failed: {text}"])
    assert error
    assert error.code == code
