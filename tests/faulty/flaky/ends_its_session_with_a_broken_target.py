"""Reconnects when connections to the target break, as if its own had (class FLAKY-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "flaky/target_link_cut": {"step": "expect sessions", "expected": "1 SSH sessions at the bastion throughout 1 s"},
}


class Alarmed(Pump):
    @override
    def on_remote_eof(self) -> None:
        super().on_remote_eof()
        if not self.local_eof:
            self.channel.carrier.end()  # type: ignore[attr-defined]  # the carrier is a session


class Faulty(Tunnel):
    parts = Parts(pump=Alarmed)


if __name__ == "__main__":
    serve(Faulty, "ends_its_session_with_a_broken_target")
