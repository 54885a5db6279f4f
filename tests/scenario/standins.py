"""What stands in for the parts of a stage."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.adapter.profile import Endpoint, HostKeys, NoAuth, Profile, Target
from harness.address import Address
from harness.scenario.language.tunnel import TunnelSpec

Serve = Callable[[Callable[[socket.socket], object]], Address]


@dataclass
class Profiles:
    """Always builds ``profile``; remembers which port it was told to take again."""

    store: Path
    profile: Profile
    again: list[int] = field(default_factory=list)

    def build(self, _spec: TunnelSpec, *, again: int = 0) -> Profile:
        self.again.append(again)
        return self.profile

    def route(self, _spec: TunnelSpec) -> tuple[str, ...]:
        return ("bastion",)

    def becomes(self, **changes: Any) -> None:
        """Build another profile from now on."""
        self.profile = self.profile.model_copy(update=changes)


def profile_of(folder: Path) -> Profile:
    """Return a profile for a tunnel to ``Target.Internal``."""
    return Profile(
        ssh=Endpoint(host="127.0.0.1", port=22, user="alice"),
        auth=NoAuth(),
        host_keys=HostKeys(file=str(folder / "known_hosts")),
        target=Target(host="Target.Internal", port=7),
    )


class Clock:
    """The time in seconds, which passes for who sleeps and for nobody else."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Server:
    """Gives each connection to ``behave``, on a thread of its own, and closes it afterwards."""

    def __init__(self, behave: Callable[[socket.socket], object]) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = Address(*self._listener.getsockname())
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop listening, and see that nobody left a connection open."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), "a connection was left open"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._handle, args=(client,), daemon=True))
                self._threads[-1].start()

    def _handle(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._behave(client)


def echo(client: socket.socket) -> None:
    """Take the first line for itself and send back everything after it."""
    with client.makefile("rb") as reader:
        reader.readline()
        while data := reader.read1(65536):
            client.sendall(data)
