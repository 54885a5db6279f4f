"""What a tunnel says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tunnel_impl.errors import TunnelError

State = Literal["connecting", "connected", "reconnecting", "failed", "closed"]
OnState = Callable[[State, TunnelError | None], None]


@dataclass(frozen=True)
class Endpoint:
    """Where a tunnel listens; connect to it exactly as given."""

    host: str
    port: int


@dataclass(frozen=True)
class Status:
    """What a tunnel believes of itself. ``error`` is why it last failed, None once that is over."""

    state: State
    endpoint: Endpoint | None
    error: TunnelError | None
