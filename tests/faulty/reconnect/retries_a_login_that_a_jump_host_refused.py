"""Takes the refusal of a jump host for a fault that passes."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/refused_login_at_each_hop[bastion1]": {"step": "dial", "observed": "accepted and left hanging"},
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        jump_host = error.hop is not None and error.hop < len(self.profile.hops) - 1
        return (error.code == "auth-failed" and jump_host) or super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "retries_a_login_that_a_jump_host_refused")
