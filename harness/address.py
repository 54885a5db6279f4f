"""Where something listens."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """A host as the dialling side names it, and a TCP port."""

    host: str
    port: int
