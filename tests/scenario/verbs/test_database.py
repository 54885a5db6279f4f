"""The query of a database through a tunnel that stops, or that is too slow."""

from __future__ import annotations

import socket
import struct
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.errors import Failed
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.probes.database import Query

from ..standins import Serve

PLACE = {"user": "tunspec", "password": "", "dbname": "tunspec"}
TOO_LONG = 3.0
"""Seconds after which a server gives up: a query without a limit ends then, for another reason."""
NO_ENCRYPTION = b"N"
AUTHENTICATION_OK = b"R" + struct.pack(">II", 8, 0)
READY_FOR_QUERY = b"Z" + struct.pack(">I", 5) + b"I"
"""Source: PostgreSQL, Frontend/Backend Protocol, Message Formats."""
STARTUP = 196608


def stops_after_the_login(client: socket.socket) -> None:
    """Let the client log in to PostgreSQL, and answer nothing afterwards."""
    client.settimeout(TOO_LONG)
    while True:
        size, kind = struct.unpack(">II", client.recv(8, socket.MSG_WAITALL))
        client.recv(size - 8)
        if kind == STARTUP:
            break
        client.sendall(NO_ENCRYPTION)
    client.sendall(AUTHENTICATION_OK + READY_FOR_QUERY)
    while client.recv(1024):
        pass


def drips(client: socket.socket) -> None:
    """Begin a packet of MariaDB's, and go on byte by byte."""
    client.sendall(b"\xff\x00\x00\x00")
    for _ in range(int(TOO_LONG / 0.1)):
        client.sendall(b"\x00")
        threading.Event().wait(0.1)


@pytest.mark.parametrize(
    ("engine", "behave"), [("postgresql", stops_after_the_login), ("mariadb", drips)], ids=["postgresql", "mariadb"]
)
def test_a_query_takes_no_longer_than_its_time(stage: Stage, serve: Serve, engine: str, behave: Any) -> None:
    """The whole of it is bounded, not each read alone."""
    stage.tunnels["main"] = cast("Any", SimpleNamespace(address=serve(behave)))
    stage.world = cast("Any", SimpleNamespace(database=lambda _engine: PLACE))
    with pytest.raises(Failed, match=r"not all of them within 0\.5 s"):
        Query.model_validate({"engine": engine, "within": "500ms"}).run(stage)
