"""Takes a refused login for a fault that passes, and goes on trying (t8y2/dbx#517)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/refused_login_at_each_hop[bastion2]": {"step": "dial", "observed": "accepted and left hanging"},
    "reconnect/refused_login": {"step": "dial", "observed": "accepted and left hanging"},
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code == "auth-failed" or super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "retries_a_refused_login")
