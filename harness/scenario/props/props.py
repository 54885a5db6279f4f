"""What a scenario needs beside its world: SSH agents, ports that are taken, names of its own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harness.address import Address
from harness.probe.agent import Agent, AgentBehaviour
from harness.probe.decoy import Decoy
from harness.probe.stranger import Language, Stranger
from harness.scenario.language.rehearsal import no_decoy
from harness.scenario.props.names import Names


@dataclass
class Props:
    """Made when first asked for, given back by ``close``."""

    agents: list[Agent] = field(default_factory=list)
    taken: list[socket.socket] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    decoy: Decoy | None = None
    strangers: list[Stranger] = field(default_factory=list)

    def agent(self, path: Path, keys: Sequence[str], manner: AgentBehaviour) -> Path:
        """Start an agent on ``path`` that holds ``keys`` (private key texts), unless one is there; return ``path``."""
        if path not in {agent.path for agent in self.agents}:
            self.agents.append(Agent(path, keys, manner))
        return path

    @cached_property
    def private_host(self) -> str:
        """An address of loopback that nothing else uses (RFC 1122, section 3.2.1.3: all of 127/8 is loopback)."""
        return f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"

    def busy_port(self, host: str) -> int:
        """Take a port on ``host`` and return it."""
        holder = socket.create_server((host, 0))
        self.taken.append(holder)
        port: int = holder.getsockname()[1]
        return port

    def stranger(self, language: Language) -> Address:
        """Return a port of this machine at which ``language`` is spoken, and not SSH."""
        self.strangers.append(Stranger(language))
        return self.strangers[-1].address

    def lay_decoy(self, port: int) -> None:
        """Listen on ``port`` of this machine's loopback addresses. Raises FabricBroken when it is taken."""
        self.decoy = Decoy(port)

    @property
    def laid_decoy(self) -> Decoy:
        """The decoy. Raises UsageError when there is none."""
        if self.decoy is None:
            raise no_decoy()
        return self.decoy

    def close(self) -> None:
        """Give everything back."""
        for agent in self.agents:
            agent.close()
        for holder in self.taken:
            holder.close()
        for stranger in self.strangers:
            stranger.close()
        if self.decoy is not None:
            self.decoy.close()
        self.names.close()
