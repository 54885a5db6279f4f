"""A listener where nobody should connect."""

from __future__ import annotations

import socket
import threading
from contextlib import closing

import pytest

from harness.errors import FabricBroken
from harness.probe import decoy
from harness.probe.decoy import Decoy


@pytest.fixture
def taken() -> socket.socket:
    """A port that someone listens on."""
    return socket.create_server(("127.0.0.1", 0))


def test_every_connection_is_counted_once(taken: socket.socket) -> None:
    """By both families, and not again at the next look."""
    port = taken.getsockname()[1]
    taken.close()
    with closing(Decoy(port)) as laid:
        for host in ("127.0.0.1", "127.0.0.1", "::1"):
            socket.create_connection((host, port)).close()
        assert (laid.touched, laid.touched) == (3, 3)


def test_a_port_that_another_scenario_holds_is_waited_for(taken: socket.socket) -> None:
    """Two that run beside each other take turns."""
    port = taken.getsockname()[1]
    giving_back = threading.Timer(0.2, taken.close)
    giving_back.start()
    Decoy(port).close()
    giving_back.join()


def test_a_port_that_is_never_given_back_is_no_verdict(taken: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is at fault, not the tunnel."""
    monkeypatch.setattr(decoy, "_WAIT", 0.2)
    with taken, pytest.raises(FabricBroken, match="is taken, so no decoy can listen there"):
        Decoy(taken.getsockname()[1])
