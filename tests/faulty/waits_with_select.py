"""Waits for its sockets with select(2), which knows no file above 1023 (MarketSquare/SSHLibrary#252)."""

from __future__ import annotations

import selectors

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve

selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[misc, assignment]


if __name__ == "__main__":
    serve(Tunnel, "waits_with_select")
