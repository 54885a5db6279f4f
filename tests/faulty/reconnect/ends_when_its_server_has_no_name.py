"""Takes a name that cannot be looked up for what cannot heal (yurt-page/sshtunnel#9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/name_not_found[unknown]": {"step": "works_again", "expected": "a client to be served again within 15 s"},
    "reconnect/name_not_found[silent-resolver]": {
        "step": "works_again",
        "expected": "a client to be served again within 15 s",
    },
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code != "dns-failed" and super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "ends_when_its_server_has_no_name")
