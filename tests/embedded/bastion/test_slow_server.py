"""An embedded bastion that takes its time at one stage, with and without a banner before the login."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import paramiko
import pytest

from harness.world.delays import Delays

DELAY = 0.7
Begin = Callable[..., None]


@pytest.fixture
def begin(world: Any, timeline: Any, setup: Any) -> Begin:
    """Give what begins the world with a setup that differs."""
    return lambda **differences: world.begin(timeline, {"bastion": replace(setup, **differences)})


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def greeted(user: Any) -> bytes:
    """Return the first bytes of the bastion's identification string."""
    client: socket.socket = user.dial("to-bastion", b"SSH-2.0-test\r\n")
    return client.recv(8)


def test_the_version_comes_late(user: Any, begin: Begin) -> None:
    """A client waits for the identification string, and then goes on as ever."""
    begin(delays=Delays(version=DELAY))
    assert timed(lambda: greeted(user)) >= DELAY
    assert user.login().is_authenticated()


def test_the_key_exchange_takes_its_time(user: Any, begin: Begin) -> None:
    """The identification string comes at once, the keys do not."""
    begin(delays=Delays(kex=DELAY))
    assert timed(lambda: greeted(user)) < DELAY
    assert timed(user.greet) >= DELAY


@pytest.mark.parametrize("password", ["open sesame", "wrong"])
def test_the_answer_to_a_credential_comes_late(user: Any, begin: Begin, password: str) -> None:
    """Whether it is good or not; what comes before is at once."""
    begin(delays=Delays(auth=DELAY))
    transport = user.greet()

    def log_in() -> None:
        try:
            transport.auth_password("alice", password)
        except paramiko.AuthenticationException:
            assert password == "wrong"

    assert timed(log_in) >= DELAY


def test_a_banner_comes_before_the_answer(user: Any, begin: Begin) -> None:
    """It is there, word for word, while the login waits."""
    begin(banner="Visit https://login.test/ äöü\r\n", delays=Delays(auth=DELAY))
    transport = user.login()
    assert transport.get_banner() == "Visit https://login.test/ äöü\r\n".encode()


def test_a_login_without_a_credential_waits_after_the_banner(user: Any, begin: Begin) -> None:
    """As with servers that let in whoever was approved of elsewhere."""
    begin(banner="Visit https://login.test/\n", delays=Delays(auth=DELAY), anyone=True)
    transport = user.greet()
    assert timed(lambda: transport.auth_none("alice")) >= DELAY
    assert transport.is_authenticated()
