"""Serves SSH with paramiko on loopback: forwards TCP for whoever has the key in the file named first.

The first line of standard output is the port, the second the host key.
"""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path
from typing import Protocol

import paramiko
from cryptography.hazmat.primitives.asymmetric import ec


class _Duplex(Protocol):
    def recv(self, size: int, /) -> bytes: ...

    def sendall(self, data: bytes, /) -> None: ...


class _Forwarder(paramiko.ServerInterface):
    def __init__(self, authorized: str) -> None:
        self._authorized = authorized
        self._targets: dict[int, socket.socket] = {}

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        del username
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() == self._authorized else paramiko.AUTH_FAILED

    def check_channel_direct_tcpip_request(self, chanid: int, origin: object, destination: tuple[str, int]) -> int:
        del origin
        try:
            self._targets[chanid] = socket.create_connection(destination)
        except OSError:
            return paramiko.OPEN_FAILED_CONNECT_FAILED
        return paramiko.OPEN_SUCCEEDED

    def target(self, channel: paramiko.Channel) -> socket.socket:
        return self._targets.pop(channel.chanid)


def _copy(source: _Duplex, sink: _Duplex) -> None:
    while data := source.recv(1 << 15):
        sink.sendall(data)


def _forward(channel: paramiko.Channel, target: socket.socket) -> None:
    def up() -> None:
        _copy(channel, target)
        target.shutdown(socket.SHUT_WR)

    upstream = threading.Thread(target=up, daemon=True)
    upstream.start()
    _copy(target, channel)
    channel.shutdown_write()
    upstream.join()
    channel.close()
    target.close()


def _serve(accepted: socket.socket, key: paramiko.PKey, authorized: str) -> None:
    transport = paramiko.Transport(accepted)
    transport.add_server_key(key)
    forwarder = _Forwarder(authorized)
    transport.start_server(server=forwarder)
    while transport.is_active():
        if channel := transport.accept(1):
            threading.Thread(target=_forward, args=(channel, forwarder.target(channel)), daemon=True).start()


def main() -> None:
    """Serve until killed."""
    authorized = Path(sys.argv[1]).read_text().split()[1]
    key = paramiko.ECDSAKey(vals=_new_key())
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], f"{key.get_name()} {key.get_base64()}", sep="\n", flush=True)
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=_serve, args=(accepted, key, authorized), daemon=True).start()


def _new_key() -> tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey]:
    private = ec.generate_private_key(ec.SECP256R1())
    return private, private.public_key()


main()
