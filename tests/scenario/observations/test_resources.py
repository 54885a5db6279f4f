"""What an implementation's processes hold and use; this process stands for one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.adapter.processes.kin import MARK
from harness.errors import UsageError
from harness.scenario.observations.resources import Grown, Lingering, ProcessorTime
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.client import Note

DAEMON = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
if os.fork():
    sys.exit()
os.setsid()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""
LISTENS = """
import socket, subprocess, sys
if len(sys.argv) == 1:
    subprocess.run([sys.executable, sys.argv[0], "child"])
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def here(stage: Stage) -> Stage:
    """A stage whose adapter is this process."""
    stage.adapter = SimpleNamespace(pid=os.getpid())  # type: ignore[assignment]
    return stage


@pytest.fixture
def parent_and_child(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A process whose child listens: its id, and the port."""
    script = tmp_path / "listens.py"
    script.write_text(LISTENS)
    with subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield process.pid, int(process.stdout.readline())


def grown(**most: Any) -> Grown:
    """Expect no more growth than this."""
    return Grown.model_validate({"grown": most})


def test_the_sockets_of_children_count(parent_and_child: tuple[int, int]) -> None:
    """OpenSSH's tunnel is a child of its adapter."""
    pid, port = parent_and_child
    assert ("LISTEN", "127.0.0.1", port) in set(Family(pid).sockets())


def test_an_ipv4_address_of_an_ipv6_socket_is_an_ipv4_address() -> None:
    """Java listens so, and its 127.0.0.1 is loopback."""
    with socket.create_server(("::ffff:127.0.0.1", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
        assert ("LISTEN", "127.0.0.1", listener.getsockname()[1]) in set(Family(os.getpid()).sockets())


def test_the_sockets_of_daemons_count() -> None:
    """``ssh -f -L`` is no child of its adapter any more."""
    environment = {**os.environ, MARK: "mine"}
    adapter = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {DAEMON!r}]); input()"
    command = [sys.executable, "-c", adapter]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        assert ("LISTEN", "127.0.0.1", port) in set(Family(process.pid).sockets())


def test_a_socket_that_was_left_by_its_peer_lingers_until_it_is_closed(here: Stage) -> None:
    """CLOSE_WAIT is what a tunnel leaves that does not notice the end of a connection."""
    look = Lingering(close_wait=0).watch(here)
    assert look().met
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        peer, _ = listener.accept()
        peer.close()
        assert client.recv(1) == b""
        assert not look().met
        client.close()
    assert look().met


def test_processor_time_counts_from_the_beginning_of_the_watch(here: Stage) -> None:
    """Not what was used before, and all that is used since."""
    burn(0.1)
    look = ProcessorTime.model_validate({"cpu_below": "100ms", "throughout": "1s"}).watch(here)
    assert look().met
    burn(0.15)
    assert not look().met


def burn(seconds: float) -> None:
    """Use so much processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


@contextmanager
def a_process() -> Iterator[None]:
    """Have a child."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE):
        yield


@contextmanager
def memory() -> Iterator[None]:
    """Hold 64 MiB, every page of them written."""
    held = b"x" * (64 << 20)
    yield
    del held


@pytest.mark.parametrize(
    ("most", "more"),
    [({"files": 0}, Path(os.devnull).open), ({"processes": 0}, a_process), ({"memory": "32MiB"}, memory)],
    ids=["files", "processes", "memory"],
)
def test_growth_is_compared_with_what_was_noted(
    here: Stage, most: dict[str, Any], more: Callable[[], AbstractContextManager[object]]
) -> None:
    """It is seen while it lasts, and not where another kind of thing is asked about."""
    Note().run(here)
    look, other = grown(**most).watch(here), grown(threads=5).watch(here)
    assert look().met
    with more():
        assert not look().met
        assert other().met


def test_growth_since_nothing_is_a_mistake_of_the_scenario(here: Stage) -> None:
    """Somebody forgot to note."""
    with pytest.raises(UsageError, match="note the resources before"):
        grown(files=0).watch(here)


def test_growth_of_nothing_is_a_mistake_of_the_file() -> None:
    """It would always be met."""
    with pytest.raises(ValueError, match="say which"):
        grown()
