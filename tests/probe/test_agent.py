"""The SSH agent of scenarios, asked as a client asks it."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import paramiko
import pytest

from harness.probe.agent import Agent, AgentBehaviour
from harness.world import host_keys

KEY = host_keys.make("ed25519").private
BLOB = paramiko.Ed25519Key.from_private_key(io.StringIO(KEY)).asbytes()


class Asked:
    """A client of one agent."""

    def __init__(self, path: Path, manner: AgentBehaviour) -> None:
        self.agent = Agent(path, [KEY], manner)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.settimeout(5)

    def ask(self, *parts: bytes) -> None:
        message = b"".join(parts)
        self.socket.sendall(len(message).to_bytes(4, "big") + message)

    def sign(self) -> int:
        """Ask for a signature and return the type of the answer."""
        text = [len(one).to_bytes(4, "big") + one for one in (BLOB, b"data")]
        self.ask(b"\x0d", *text, b"\0\0\0\0")
        return self.socket.recv(4096)[4]

    def close(self) -> None:
        self.socket.close()
        self.agent.close()


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    """What is closed after the test."""
    with ExitStack() as stack:
        yield stack


def test_each_signature_is_counted(ends: ExitStack, tmp_path: Path) -> None:
    """With the moment at which it was asked for."""
    asked = ends.enter_context(closing(Asked(tmp_path / "agent", AgentBehaviour())))
    began = time.monotonic()
    assert [asked.sign(), asked.sign()] == [14, 14]
    assert len(asked.agent.signed) == 2
    assert all(began <= at <= time.monotonic() for at in asked.agent.signed)


def test_an_agent_that_thinks_signs_late(ends: ExitStack, tmp_path: Path) -> None:
    """It waits for its user's approval, and says which keys it has at once."""
    asked = ends.enter_context(closing(Asked(tmp_path / "agent", AgentBehaviour(thinks=0.5))))
    began = time.monotonic()
    asked.ask(b"\x0b")
    assert asked.socket.recv(4096)[4] == 12
    assert time.monotonic() - began < 0.5
    assert asked.sign() == 14
    assert time.monotonic() - began >= 0.5


def test_a_mute_agent_accepts_and_says_nothing(ends: ExitStack, tmp_path: Path) -> None:
    """Not even which keys it has; closed, it ends the connection."""
    asked = ends.enter_context(closing(Asked(tmp_path / "agent", AgentBehaviour(mute=True))))
    asked.ask(b"\x0b")
    asked.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        asked.socket.recv(1)
    asked.agent.close()
    asked.socket.settimeout(5)
    assert asked.socket.recv(1) == b""
