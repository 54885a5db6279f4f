"""The query of a database through a tunnel that stops, or that is too slow."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
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
REFUSAL = 'FATAL:  password authentication failed for user "tunspec"'
AUTHENTICATION_OK = b"R" + struct.pack(">II", 8, 0)
READY_FOR_QUERY = b"Z" + struct.pack(">I", 5) + b"I"
"""Source: PostgreSQL, Frontend/Backend Protocol, Message Formats."""
STARTUP = 196608


def await_login(client: socket.socket) -> None:
    """Read what a client of PostgreSQL begins with."""
    client.settimeout(TOO_LONG)
    while True:
        size, kind = struct.unpack(">II", client.recv(8, socket.MSG_WAITALL))
        client.recv(size - 8)
        if kind == STARTUP:
            return
        client.sendall(NO_ENCRYPTION)


def refuses(message: str) -> Callable[[socket.socket], None]:
    """Return what refuses a login to PostgreSQL with this message, and ends the connection."""
    severity, _, words = message.partition(":  ")
    fields = b"".join(b"%c%b\x00" % pair for pair in ((b"S", severity.encode()), (b"M", words.encode()))) + b"\x00"

    def behave(client: socket.socket) -> None:
        await_login(client)
        client.sendall(b"E" + struct.pack(">I", 4 + len(fields)) + fields)

    return behave


def stops_after_the_login(client: socket.socket) -> None:
    """Let the client log in to PostgreSQL, and answer nothing afterwards."""
    await_login(client)
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


@pytest.mark.parametrize(
    ("behave", "observed"),
    [
        (refuses(REFUSAL), None),
        (refuses(REFUSAL[:-9]), "password authentication failed for user"),
        (await_login, "server closed the connection"),
    ],
    ids=["in-its-own-words", "cut", "not-at-all"],
)
def test_the_words_of_a_refusal_must_come_through(
    stage: Stage, serve: Serve, behave: Callable[[socket.socket], None], observed: str | None
) -> None:
    """All of them."""
    stage.tunnels["main"] = cast("Any", SimpleNamespace(address=serve(behave), leads_from="bastion"))
    stage.world = cast("Any", SimpleNamespace(database=lambda _engine: PLACE))
    query = Query.model_validate({"refused": True})
    if observed is None:
        query.run(stage)
        return
    with pytest.raises(Failed, match="expected PostgreSQL to refuse the login") as failed:
        query.run(stage)
    assert observed in failed.value.observed
