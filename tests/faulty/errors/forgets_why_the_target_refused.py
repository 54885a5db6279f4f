"""Closes a connection that the target refused, and keeps no reason that could be asked for (class OPEN-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "errors/forwarding[refused]": {"step": "expect error", "observed": "no error"},
}


class Faulty(Tunnel):
    @override
    def note(self, error: TunnelError | None) -> None:
        """Keep nothing."""


if __name__ == "__main__":
    serve(Faulty, "forgets_why_the_target_refused")
