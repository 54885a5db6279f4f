"""How a request ends when it is not done."""

from __future__ import annotations

from typing import Any


class Failure(Exception):
    """A reason in the protocol's words; ``hop`` counts the servers on the way from 0."""

    def __init__(self, code: str, message: str, hop: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hop = hop

    def at(self, hop: int) -> Failure:
        """Return the same failure, at ``hop`` unless it has one already."""
        return Failure(self.code, self.message, hop if self.hop is None else self.hop)

    @property
    def passes(self) -> bool:
        """Whether trying again later may help: the network's doing, and no decision of a server or a person."""
        network = {"connection-refused", "timeout", "connection-lost", "handshake-failed", "dns-failed"}
        return self.code in network | {"jump-failed"}

    def as_json(self) -> dict[str, Any]:
        """Return the ``error`` of a reply or an event."""
        place = {} if self.hop is None else {"hop": self.hop}
        return {"code": self.code, "message": self.message, **place}


class Unsupported(Exception):
    """The request needs what this implementation does not do."""
