"""A tunnel as asyncssh's documentation shows it: ``connect`` through ``tunnel``, and ``forward_local_port``."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

import asyncssh
from talk import Tunnel, agent_socket, key_file, serve

ABOUT = {"name": "asyncssh", "version": asyncssh.__version__, "language": "Python"}
SUPPORTS = ["auth.password", "auth.key", "auth.agent", "auth.none", "auth.certificate", "jump", "keepalive",
            "host-keys.alias", "timeouts.connect", "status"]  # fmt: skip

loop = asyncio.new_event_loop()


class AsyncsshTunnel(Tunnel):
    """A connection for each hop, and a listener on the last."""

    def __init__(self, name: str, profile: dict[str, Any]) -> None:
        super().__init__(name, profile)
        self.connections: list[Any] = []
        self.listener: Any = None
        self.opening: Any = None

    def connect(self) -> tuple[str, int]:
        self.opening = asyncio.run_coroutine_threadsafe(self._connect(), loop)
        return self.opening.result()

    def disconnect(self) -> None:
        if self.opening is not None:
            self.opening.cancel()
        loop.call_soon_threadsafe(self._disconnect)

    async def _connect(self) -> tuple[str, int]:
        last: Any = None
        for endpoint, auth in self.hops:
            last = await asyncssh.connect(endpoint["host"], endpoint["port"] or 22, tunnel=last or (),
                                          **self._options(endpoint, auth))  # fmt: skip
            self.connections.append(last)
        target, local = self.profile["target"], self.profile["local"]
        self.listener = await last.forward_local_port(self.local_host, local["port"], target["host"], target["port"])
        self.watching = asyncio.create_task(self._watch(last))
        return self.local_host, self.listener.get_port()

    def _options(self, endpoint: dict[str, Any], auth: dict[str, Any]) -> dict[str, Any]:
        known_hosts = self.profile["host_keys"]["file"]
        keepalive, limit = self.profile["keepalive"], self.profile["timeouts"]["connect"]
        options = {
            "username": endpoint["user"],
            "known_hosts": known_hosts if os.path.exists(known_hosts) else ([], [], []),
            "host_key_alias": endpoint["host_key_alias"] or (),
            "password": auth.get("password"),
            "client_keys": [key_file(auth)] if auth["method"] == "key" else (),
            "passphrase": auth.get("passphrase"),
            "agent_path": None,
            "keepalive_interval": () if keepalive["interval"] is None else keepalive["interval"],
            "keepalive_count_max": keepalive["count"] or (),
            "connect_timeout": limit or (),
        }
        if auth["method"] == "agent":
            options["agent_path"] = agent_socket(auth) or ()
            options["agent_identities"] = [os.path.expanduser(auth["file"])] if auth["file"] else ()
        return options

    async def _watch(self, last: Any) -> None:
        await last.wait_closed()
        self.lost("the connection is closed")

    def _disconnect(self) -> None:
        if self.listener is not None:
            self.listener.close()
        for connection in reversed(self.connections):
            connection.close()


threading.Thread(target=loop.run_forever, daemon=True).start()
serve(ABOUT, SUPPORTS, AsyncsshTunnel)
