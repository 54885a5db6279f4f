"""What a scenario needs beside its world: SSH agents, ports that are taken, names of its own."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.probe.agent import Agent
from harness.scenario.names import Names


@dataclass
class Props:
    """Made when first asked for, given back by ``close``."""

    agents: list[Agent] = field(default_factory=list)
    taken: list[socket.socket] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def agent(self, path: Path, keys: Sequence[str]) -> Path:
        """Start an agent on ``path`` that holds ``keys`` (private key texts), unless one is there; return ``path``."""
        if path not in {agent.path for agent in self.agents}:
            self.agents.append(Agent(path, keys))
        return path

    def busy_port(self, host: str) -> int:
        """Take a port on ``host`` and return it."""
        holder = socket.create_server((host, 0))
        self.taken.append(holder)
        port: int = holder.getsockname()[1]
        return port

    def close(self) -> None:
        """Give everything back."""
        for agent in self.agents:
            agent.close()
        for holder in self.taken:
            holder.close()
        self.names.close()
