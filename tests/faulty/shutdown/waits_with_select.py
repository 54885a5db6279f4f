"""Waits for its sockets with select(2), which knows no file above 1023 (MarketSquare/SSHLibrary#252)."""

from __future__ import annotations

import selectors

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/many_files_open": {
        "step": "echo",
        "expected": "an echo within 5 s",
        "observed": "0 of 1024 bytes came back",
    },
}
CRASHES = True

selectors.DefaultSelector = selectors.SelectSelector  # type: ignore[misc]


if __name__ == "__main__":
    serve(Tunnel, "waits_with_select")
