"""A bastion of the embedded fabric, as its world has it: what it was set up for, and what it saw."""

from __future__ import annotations

import threading
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast

from harness.errors import NotRun
from harness.world import host_keys
from harness.world.embedded.bastion.door import Door
from harness.world.embedded.machines.machine import Machine
from harness.world.fabric import BastionSetup, EventKind, HostKey, ServerEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.world.embedded.machines.node import Node

    Launch = Callable[[Callable[[dict[str, Any]], None]], Node]


class Bastion(Machine):
    """A bastion, its setup and what it saw."""

    def __init__(
        self,
        name: str,
        launch: Callable[[Mapping[str, Any], Callable[[dict[str, Any]], None]], Node],
        watch: Callable[[ServerEvent], None],
    ) -> None:
        bare = BastionSetup(user="nobody")
        self._own_keys = host_keys.own(name)
        self.setup = replace(bare, host_keys=tuple(self._own_keys.values()))
        self._watch = watch
        self._lock = threading.Lock()
        self._events: list[ServerEvent] = []
        self._sessions = 0
        self._memory: Mapping[str, Any] = {}
        self._silent: tuple[int, ...] = ()
        self._dialled: set[int] = set()
        super().__init__(name, lambda on_event: launch(_document(self.setup, self._memory, self._silent), on_event))

    def begin(self, setup: BastionSetup) -> Callable[[], None]:
        """End every session and take a new setup; what is returned waits until it is so and forgets what was.

        Raises NotRun when this bastion cannot do what the setup asks.
        """
        own = tuple(self._own_keys[key_type] for key_type in setup.key_types)
        furnished = replace(setup, host_keys=setup.host_keys or own)
        document = _document(furnished, {}, ())
        try:
            Door.read(document)
        except ValueError as error:
            raise NotRun(f"{self.name}: {error}") from error
        answer = self.node.ask("setup", setup=document)

        def wait() -> None:
            answer()
            self.setup = furnished
            self._memory, self._silent = {}, ()
            with self._lock:
                self._events.clear()
                self._dialled.clear()

        return wait

    def show(self, keys: tuple[HostKey, ...]) -> None:
        """Show other host keys to new connections; a dead process leaves them to the next. Raises FabricBroken."""
        self.setup = replace(self.setup, host_keys=keys)
        if self.node.alive:
            document = _document(self.setup, self._memory, self._silent)
            self.node.request("host-keys", **{name: document[name] for name in ("host_keys", "host_certificates")})

    def shown(self) -> frozenset[str]:
        """Return the public host keys that new connections see. Raises FabricBroken."""
        return frozenset(self.node.request("shown")["public"])

    def authorize(self, lines: tuple[str, ...]) -> None:
        """Take these authorized keys from now on; a dead process leaves them to the next. Raises FabricBroken."""
        self.setup = replace(self.setup, authorized_keys=lines)
        if self.node.alive:
            self.node.request("authorize", authorized_keys=list(lines))

    def authorized(self) -> tuple[str, ...]:
        """Return the keys that it says it takes. Raises FabricBroken."""
        return tuple(self.node.request("authorized")["keys"])

    def end_sessions(self) -> None:
        """Close every connection as a killed process does. Raises FabricBroken."""
        self.node.request("end-sessions")

    def connections(self) -> tuple[frozenset[int], bool]:
        """Return the ports that its connections come from, and whether it listens. Raises FabricBroken."""
        found = self.node.request("connections")
        return frozenset(found["peers"]), found["listens"]

    def silence(self, port: int, *, on: bool) -> None:
        """Let nobody answer what it connects to at a loopback port, or somebody again.

        A process that is frozen obeys once it goes on, the next one from its start. Raises FabricBroken.
        """
        self._silent = (*(one for one in self._silent if one != port), *((port,) if on else ()))
        if self.node.alive:
            wait = self.node.ask("silence", ports=list(self._silent))
            if not self.node.frozen:
                wait()

    def gets_no_answer(self, port: int) -> bool:
        """Tell whether a connection of its own to a loopback port stays without an answer. Raises FabricBroken."""
        return bool(self.node.request("dial", port=port)["unanswered"])

    def held(self, port: int) -> int:
        """Return how many channels met the silence there, 0 while it cannot be asked. Raises FabricBroken."""
        held: int = self.node.request("held", port=port)["channels"] if self.answers else 0
        return held

    def events(self) -> tuple[ServerEvent, ...]:
        """Return what it saw since :meth:`begin`. Raises FabricBroken."""
        if self.answers:
            self.node.request("sessions")
        with self._lock:
            return tuple(self._events)

    def dialled(self) -> frozenset[int]:
        """Return the ports from which it connected to something since :meth:`begin`. Raises FabricBroken."""
        self.events()
        with self._lock:
            return frozenset(self._dialled)

    def sessions(self) -> int:
        """Return its authenticated connections, while frozen those it had before. Raises FabricBroken."""
        if self.answers:
            self._remember()
        return self._sessions if self.node.alive else 0

    def _remember(self) -> None:
        self._sessions = self.node.request("sessions")["count"]

    def _on_event(self, message: dict[str, Any]) -> None:
        if message["event"] == "memory":
            self._memory = message["detail"]
            return
        if message["event"] == "dialled":
            with self._lock:
                self._dialled.add(message["port"])
            return
        event = ServerEvent(message["at"], self.name, cast("EventKind", message["event"]), message["detail"])
        with self._lock:
            self._events.append(event)
        self._watch(event)


def _document(setup: BastionSetup, memory: Mapping[str, Any], silent: tuple[int, ...]) -> dict[str, Any]:
    rounds, shown = setup.dialogue, setup.certificates
    return {
        "user": setup.user,
        "password": setup.password,
        "authorized_keys": list(setup.authorized_keys),
        "host_keys": [key.private for key in setup.host_keys],
        "host_certificates": [host_keys.certificate(key, shown) for key in setup.host_keys] if shown else [],
        "methods": setup.methods,
        "policy": dict(setup.policy),
        "dialogue": None if rounds is None else [[asdict(prompt) for prompt in prompts] for prompts in rounds],
        "totp": asdict(setup.totp) if setup.totp else None,
        "anyone": setup.anyone,
        "keepalives": setup.keepalives,
        "banner": setup.banner,
        "delays": asdict(setup.delays),
        "password_expired": setup.password_expired,
        "compression": setup.compression,
        "heading": list(setup.heading),
        "memory": memory,
        "silent": list(silent),
    }
