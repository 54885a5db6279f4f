"""Reads a key file whoever else may read it."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys import private_keys

REJECTED_BY = {
    "auth/key_open_to_others": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
}


private_keys.OF_OTHERS = 0


if __name__ == "__main__":
    serve(Tunnel, "reads_keys_that_are_open_to_others")
