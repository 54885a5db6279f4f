"""The real databases behind the last bastion."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.world.docker.nodes import Node

ROLE = "tunspec"
"""The name of the role and of the database."""

_READY = {"postgresql": "pg_isready -q -h 127.0.0.1 -p"}
_LIMIT = 60


@dataclass(frozen=True)
class Database:
    """A server of ``engine`` that the last bastion calls ``host``; the password is made for it."""

    engine: str
    host: str
    port: int
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """What its container must be started with."""
        return {"PASSWORD": self.password}

    def coordinates(self, node: Node) -> Mapping[str, str]:
        """Return ``host port user password dbname``, as soon as the server answers. Raises FabricBroken."""
        answers = f"{_READY[self.engine]} {self.port}"
        node.shell.run(
            f"for _ in $(seq {_LIMIT * 20}); do {answers} && exit 0; sleep 0.05; done; "
            f"echo {self.engine} did not come up in {_LIMIT} s; exit 1",
            timeout=_LIMIT * 2,
        )
        return {"host": self.host, "port": str(self.port), "user": ROLE, "password": self.password, "dbname": ROLE}
