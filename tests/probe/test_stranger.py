"""Servers at which something other than SSH is spoken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from harness.probe.stranger import Language, Stranger


@contextmanager
def client(language: Language) -> Iterator[socket.socket]:
    """Yield a connection to such a server."""
    with closing(Stranger(language)) as server, socket.create_connection(server.address, 5) as connection:
        yield connection


def test_a_web_server_answers_an_ssh_banner_and_hangs_up() -> None:
    """It is silent before."""
    with client("http") as connection:
        connection.sendall(b"SSH-2.0-test\r\n")
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_mysql_greets_first_and_waits_for_an_answer() -> None:
    """Its first packet tells its own length, and no line of it ends."""
    with client("mysql") as connection:
        greeting = connection.recv(4096)
        assert int.from_bytes(greeting[:3], "little") == len(greeting) - 4
        assert b"\n" not in greeting[5:]
        connection.settimeout(0.1)
        connection.sendall(b"SSH-2.0-test\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_closing_ends_what_is_open() -> None:
    """A client that waits hears of it."""
    server = Stranger("mysql")
    with socket.create_connection(server.address, 5) as connection:
        connection.recv(4096)
        server.close()
        assert connection.recv(1) == b""
