"""What ssh's messages are taken to mean."""

from __future__ import annotations

import pytest

from harness.adapters.openssh.diagnosis import diagnose, forward_failure, jump_failure, undiagnosed


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
    error = diagnose(["debug1: Reading configuration data", line], hop=1)
    assert error
    assert (error.code, error.hop) == (code, 1)
    assert line.strip() in error.message


def test_a_cause_counts_more_than_its_consequence() -> None:
    """A key that cannot be read is told, and not the refusal that follows."""
    lines = ['Load key "/keys/id": bad permissions', "alice@host: Permission denied (publickey)."]
    error = diagnose(lines, hop=0)
    assert error
    assert error.code == "key-unreadable"


def test_debug_messages_are_no_diagnosis() -> None:
    """What ssh tries on the way is not why it ended."""
    lines = ["debug1: connect to address ::1 port 22: Connection refused"]
    assert diagnose(lines, hop=0) is None
    assert undiagnosed(lines, hop=0).code == "internal"


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
    error = forward_failure(f"channel 2: open failed: {text}", hop=0)
    assert error
    assert error.code == code


@pytest.mark.parametrize(
    ("text", "code", "hop"),
    [
        ("administratively prohibited: open failed", "jump-failed", 0),
        ("connect failed: Connection refused", "connection-refused", 1),
        ("connect failed: Name or service not known", "dns-failed", 1),
        ("connect failed: Connection timed out", "timeout", 1),
    ],
)
def test_what_a_jump_cannot_reach_is_told_of_the_next_hop(text: str, code: str, hop: int) -> None:
    """The bastion that forbids is to blame itself; what it cannot reach is the next one."""
    error = jump_failure([f"channel 0: open failed: {text}"], hop=0)
    assert error
    assert (error.code, error.hop) == (code, hop)
