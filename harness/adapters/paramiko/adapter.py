"""A tunnel in the way of paramiko's demo ``demos/forward.py``: SSHClient, ThreadingTCPServer, a select loop."""

from __future__ import annotations

import base64
import hashlib
import os
import select
import socket
import socketserver
import threading
from typing import Any

import paramiko
from paramiko_login import login
from talk import Tunnel, serve

ABOUT = {"name": "paramiko", "version": paramiko.__version__, "language": "Python"}
SUPPORTS = ["auth.password", "auth.key", "auth.agent", "auth.certificate", "jump", "host-keys.ask",
            "timeouts.connect", "timeouts.open", "status"]  # fmt: skip
CHUNK = 1024


class AskPolicy(paramiko.AutoAddPolicy):
    """Adds an unknown key when the user accepts it."""

    def __init__(self, tunnel: Tunnel, hop: int, endpoint: dict[str, Any]) -> None:
        self.tunnel = tunnel
        self.about = {"hop": hop, "host": endpoint["host"], "port": endpoint["port"] or 22, "status": "unknown"}

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
        fingerprint = {"type": key.get_name(), "fingerprint": f"SHA256:{digest}"}
        if self.tunnel.ask(kind="host-key", **self.about, **fingerprint) != "accept":
            raise paramiko.SSHException(f"the host key of {hostname} was not accepted")
        super().missing_host_key(client, hostname, key)


class ForwardServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, tunnel: ParamikoTunnel, transport: Any) -> None:
        self.transport = transport
        self.target = (tunnel.profile["target"]["host"], tunnel.profile["target"]["port"])
        self.open_timeout = tunnel.profile["timeouts"]["open"]
        super().__init__((tunnel.local_host, tunnel.profile["local"]["port"]), Handler)


class ForwardServer6(ForwardServer):
    address_family = socket.AF_INET6


class Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        near = self.request.getpeername()[:2]
        channel = server.transport.open_channel("direct-tcpip", server.target, near, timeout=server.open_timeout)
        while True:
            ready, _, _ = select.select([self.request, channel], [], [])
            if self.request in ready:
                data = self.request.recv(CHUNK)
                if not data:
                    break
                channel.sendall(data)
            if channel in ready:
                data = channel.recv(CHUNK)
                if not data:
                    break
                self.request.sendall(data)
        channel.close()
        self.request.close()


class ParamikoTunnel(Tunnel):
    """A client for each hop, and a server that forwards through the last."""

    def __init__(self, name: str, profile: dict[str, Any]) -> None:
        super().__init__(name, profile)
        self.clients: list[paramiko.SSHClient] = []
        self.server: ForwardServer | None = None

    def connect(self) -> tuple[str, int]:
        limit = self.profile["timeouts"]["connect"]
        limits = {"timeout": limit, "banner_timeout": limit, "auth_timeout": limit}
        way: Any = None
        transport: Any = None
        for hop, (endpoint, auth) in enumerate(self.hops):
            address = (endpoint["host"], endpoint["port"] or 22)
            if self.clients:
                way = transport.open_channel("direct-tcpip", address, ("", 0), timeout=limit)
            client = self.client(hop, endpoint)
            self.clients.append(client)
            client.connect(*address, endpoint["user"], sock=way, **login(auth), **limits)
            transport = client.get_transport()
        if interval := self.profile["keepalive"]["interval"]:
            transport.set_keepalive(interval)
        self.server = (ForwardServer6 if ":" in self.local_host else ForwardServer)(self, transport)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(target=self.watch, args=(transport,), daemon=True).start()
        return self.local_host, self.server.server_address[1]

    def client(self, hop: int, endpoint: dict[str, Any]) -> paramiko.SSHClient:
        client, keys = paramiko.SSHClient(), self.profile["host_keys"]
        if keys["unknown"] == "ask":
            os.close(os.open(keys["file"], os.O_CREAT, 0o600))
            client.load_host_keys(keys["file"])
            client.set_missing_host_key_policy(AskPolicy(self, hop, endpoint))
        else:
            if os.path.exists(keys["file"]):
                client.load_system_host_keys(keys["file"])
            client.set_missing_host_key_policy(paramiko.RejectPolicy())
        return client

    def watch(self, transport: Any) -> None:
        transport.join()
        self.lost("the transport has ended")

    def disconnect(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        for client in reversed(self.clients):
            client.close()


serve(ABOUT, SUPPORTS, ParamikoTunnel)
