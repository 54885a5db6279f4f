"""A tunnel as fabric's documentation shows it: ``Connection.forward_local`` in a ``with``."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import fabric
from paramiko_login import login
from talk import Tunnel, serve

ABOUT = {"name": "fabric", "version": fabric.__version__, "language": "Python"}
SUPPORTS = ["auth.password", "auth.key", "auth.agent", "auth.certificate", "jump", "timeouts.connect", "status"]


class FabricTunnel(Tunnel):
    """A connection with a gateway for each hop before it; fabric adds every unknown host key by default."""

    def __init__(self, name: str, profile: dict[str, Any]) -> None:
        super().__init__(name, profile)
        self.connections: list[fabric.Connection] = []
        self.forwarding = ExitStack()

    def connect(self) -> tuple[str, int]:
        last: Any = None
        for endpoint, auth in self.hops:
            last = fabric.Connection(
                endpoint["host"],
                endpoint["user"],
                endpoint["port"] or 22,
                gateway=last,
                connect_timeout=self.profile["timeouts"]["connect"],
                connect_kwargs=login(auth),
            )
            if Path(self.profile["host_keys"]["file"]).exists():
                last.client.load_system_host_keys(self.profile["host_keys"]["file"])
            self.connections.append(last)
        last.open()
        if interval := self.profile["keepalive"]["interval"]:
            last.transport.set_keepalive(interval)
        target, port = self.profile["target"], self.profile["local"]["port"] or free_port(self.local_host)
        self.forwarding.enter_context(last.forward_local(port, target["port"], target["host"], self.local_host))
        threading.Thread(target=self.watch, args=(last.transport,), daemon=True).start()
        wait_for_listener(port)
        return self.local_host, port

    def watch(self, transport: Any) -> None:
        transport.join()
        self.lost("the transport has ended")

    def disconnect(self) -> None:
        try:
            self.forwarding.close()
        finally:
            for connection in reversed(self.connections):
                connection.close()


def free_port(host: str) -> int:
    """Choose a port, for fabric does not say which one it got where it is asked for 0."""
    with socket.create_server((host, 0)) as server:
        return server.getsockname()[1]


def wait_for_listener(port: int) -> None:
    """Wait until the port is listened at, for two seconds: fabric starts a thread for that and says nothing."""
    wanted = f":{port:04X} 00000000:0000 0A"
    for _ in range(200):
        if wanted in Path("/proc/net/tcp").read_text():
            return
        time.sleep(0.01)
    raise OSError(f"fabric does not listen at port {port}")


serve(ABOUT, SUPPORTS, FabricTunnel)
