"""What a test builds with: servers, links, targets, tunnels; and how it looks at them."""

from __future__ import annotations

import contextlib
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh

from tunnel_impl import Profile, Question, Tunnel

from .bastion import LOOPBACK, Site
from .event_loop import PATIENCE, Loop
from .link import Connected, Link, Port, echo


class World:
    """What a test builds with; everything is taken down after it."""

    def __init__(self, loop: Loop, folder: Path, stack: contextlib.ExitStack) -> None:
        self.loop, self.folder, self._stack = loop, folder, stack
        self.known_hosts = folder / "known_hosts"
        self.questions: list[Question] = []
        self.answer: str | None = "accept"
        self.states: list[tuple[str, str | None]] = []
        self.state_changed = threading.Condition()

    def at_end(self, call: Callable[[], object]) -> None:
        self._stack.callback(call)

    def site(self, *host_keys: asyncssh.SSHKey) -> Site:
        site = Site(self.loop, *host_keys)
        self._stack.callback(site.stop)
        return site

    def target(self, serve: Connected = echo) -> Port:
        port = Port(self.loop, serve)
        self._stack.callback(port.stop)
        return port

    def link(self, port: int) -> Link:
        link = Link(self.loop, port)
        self._stack.callback(link.cut)
        return link

    def over(self, link: Link, site: Site, target: int, /, **changes: Any) -> Tunnel:
        """Open a tunnel that reaches ``site`` over ``link``."""
        ssh = {"host": LOOPBACK, "port": link.port, "user": site.user}
        return self.open(site, target, ssh=ssh, **changes)

    def profile(self, site: Site, target: int, /, **changes: Any) -> Profile:
        data: dict[str, Any] = {
            "ssh": {"host": LOOPBACK, "port": site.port, "user": site.user},
            "auth": {"method": "password", "password": site.password},
            "host_keys": {"file": str(self.known_hosts)},
            "target": {"host": LOOPBACK, "port": target},
            "reconnect": {"attempts": 3, "first_delay": 0.05, "max_delay": 0.2},
            "timeouts": {"connect": 5, "open": 5},
        }
        return Profile.parse(data | changes)

    def tunnel(self, profile: Profile, tunnel_class: type[Tunnel] = Tunnel) -> Tunnel:
        tunnel = tunnel_class(profile, self.ask, self._on_state)
        self._stack.callback(tunnel.close)
        return tunnel

    def open(self, site: Site, target: int, /, **changes: Any) -> Tunnel:
        tunnel = self.tunnel(self.profile(site, target, **changes))
        tunnel.open()
        return tunnel

    def ask(self, question: Question) -> str | None:
        self.questions.append(question)
        return self.answer

    def _on_state(self, state: str, error: Any) -> None:
        with self.state_changed:
            self.states.append((state, error.code if error else None))
            self.state_changed.notify_all()

    def wait_for_state(self, state: str, times: int = 1) -> None:
        with self.state_changed:
            came = self.state_changed.wait_for(lambda: [s for s, _ in self.states].count(state) >= times, PATIENCE)
        assert came, f"never {state}: {self.states}"

    @staticmethod
    def connect(tunnel: Tunnel) -> socket.socket:
        """Return a connection to the tunnel's endpoint."""
        endpoint = tunnel.status().endpoint
        assert endpoint, tunnel.status()
        return socket.create_connection((endpoint.host, endpoint.port), PATIENCE)

    @staticmethod
    def read_all(sock: socket.socket) -> bytes:
        """Return everything up to the end."""
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))

    def echoes(self, tunnel: Tunnel, data: bytes = b"hello") -> bool:
        """Tell whether ``data`` comes back whole."""
        with self.connect(tunnel) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return self.read_all(sock) == data

    @staticmethod
    def reset(sock: socket.socket) -> None:
        """Close with a TCP RST."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    @staticmethod
    def ends(sock: socket.socket) -> bool:
        """Wait until the other side closes; a reset counts."""
        try:
            return sock.recv(1) == b""
        except ConnectionResetError:
            return True

    @staticmethod
    def drains(sock: socket.socket) -> bool:
        """Read to the end, a reset counts."""
        with contextlib.suppress(ConnectionResetError):
            while sock.recv(1 << 16):
                pass
        return True

    @staticmethod
    def eventually(holds: Callable[[], bool]) -> None:
        """Wait until something that no event tells holds."""
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, "it never came about"
            threading.Event().wait(0.01)

    def key(self, kind: str = "ssh-ed25519", **export: Any) -> tuple[asyncssh.SSHKey, Path]:
        key = asyncssh.generate_private_key(kind, **({"key_size": 2048} if kind == "ssh-rsa" else {}))
        file = self.folder / f"key-{secrets.token_hex(4)}"
        file.write_bytes(key.export_private_key(**export))
        return key, file
