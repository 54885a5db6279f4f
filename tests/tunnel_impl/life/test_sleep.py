"""A laptop that slept: the process was stopped and goes on (SIGSTOP, SIGCONT)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..bastion import Site
    from ..link import Link
    from ..world import World

TUNNEL = """
import json, sys
from tunnel_impl import Profile, Tunnel
tunnel = Tunnel(Profile.parse(json.loads(sys.stdin.readline())), ask=lambda _: "accept")
print(tunnel.open().port, flush=True)
sys.stdin.read()
tunnel.close()
"""


class Laptop:
    """A process with a tunnel."""

    def __init__(self, world: World, site: Site, link: Link, interval: float) -> None:
        self.interval = interval
        self.process = subprocess.Popen(
            [sys.executable, "-c", TUNNEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        profile = {
            "ssh": {"host": "127.0.0.1", "port": link.port, "user": site.user},
            "auth": {"method": "password", "password": site.password},
            "host_keys": {"file": str(world.known_hosts)},
            "target": {"host": "127.0.0.1", "port": world.target().port},
            "keepalive": {"interval": interval, "count": 2},
            "reconnect": {"attempts": 50, "first_delay": 0.1, "max_delay": 0.1},
            "timeouts": {"connect": 2, "open": 8},
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(profile) + "\n")
        self.process.stdin.flush()
        self.port = int(self.process.stdout.readline())

    def sleep(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def wake(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def end(self) -> None:
        self.wake()
        self.process.communicate(timeout=10)


@pytest.fixture
def laptop(request: pytest.FixtureRequest, world: World, site: Site, link: Link) -> Iterator[Laptop]:
    """A laptop whose tunnel probes each second (or as the parameter says), twice."""
    one = Laptop(world, site, link, getattr(request, "param", 1.0))
    yield one
    one.end()


def test_a_session_that_died_meanwhile(laptop: Laptop, link: Link) -> None:
    """When the connection died in the sleep, the first use after it works on a fresh session."""
    laptop.sleep()
    link.cut()
    link.mend()
    laptop.wake()
    with laptop.connect() as sock:
        sock.sendall(b"awake")
        assert sock.recv(5) == b"awake"


def test_a_session_that_nobody_answers_for(laptop: Laptop, link: Link) -> None:
    """When nothing comes through after a long sleep, old connections end within one interval, not count + 1."""
    with laptop.connect() as held:
        held.sendall(b"x")
        assert held.recv(1) == b"x"
        laptop.sleep()
        link.stall()
        threading.Event().wait(3.5)  # longer than the whole budget: the sleep counts as silence
        began = time.monotonic()
        laptop.wake()
        with pytest.raises(ConnectionResetError):
            held.recv(1)
        assert time.monotonic() - began < 2.5  # an interval of 1 s, and a busy machine
    link.resume()
    with laptop.connect() as sock:
        sock.sendall(b"awake")
        assert sock.recv(5) == b"awake"


@pytest.mark.parametrize("laptop", [2.0], indirect=True)
def test_a_session_that_lives(world: World, laptop: Laptop, link: Link) -> None:
    """When the server is still there after the sleep, no connection is lost, and within an interval it is asked."""
    with laptop.connect() as held:
        held.sendall(b"x")
        assert held.recv(1) == b"x"  # nothing is on its way that would be heard first on waking
        laptop.sleep()
        threading.Event().wait(2.25 * laptop.interval)
        before = len(link.sent_by_client)
        woke = time.monotonic()
        laptop.wake()
        world.eventually(lambda: len(link.sent_by_client) > before)
        assert link.sent_by_client[before] - woke < 0.9 * laptop.interval
        held.sendall(b"x")
        assert held.recv(1) == b"x"
