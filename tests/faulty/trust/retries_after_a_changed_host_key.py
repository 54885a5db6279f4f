"""Takes a changed host key for a fault that passes, and goes on trying (t8y2/dbx#517, class REC-7)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "trust/changed_during_reconnect": {
        "step": "expect attempts",
        "expected": "0 new connections at to-rotated throughout 1.5 s",
    },
    "errors/ended_reconnect[host-key-changed]": {"step": "expect state", "observed": "the state is reconnecting"},
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code == "host-key-changed" or super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "retries_after_a_changed_host_key")
