"""The person at the other end of the protocol, as a tunnel sees them."""

from __future__ import annotations

from typing import Any, Protocol


class User(Protocol):
    """Answers questions and is told events; both in the protocol's own form."""

    async def ask(self, question: dict[str, Any]) -> str | None:
        """Put a question; return the answer, None when the person cancels."""

    def tell(self, event: dict[str, Any]) -> None:
        """Tell an event."""
