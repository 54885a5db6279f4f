"""Limits the time of connecting, and not that of the look-up before it (class OPEN-9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "opening/silent_resolver": {"step": "open", "expected": "open to end within 7 s", "observed": "no answer"},
}


class Patient(Dialler):
    @override
    def resolve(self, host: str, port: int) -> Sequence[Any]:
        while True:
            try:
                return super().resolve(host, port)
            except TunnelError:
                self.cancellation.check()


class Faulty(Tunnel):
    parts = Parts(dialler=Patient)


if __name__ == "__main__":
    serve(Faulty, "waits_for_the_resolver_without_a_limit")
