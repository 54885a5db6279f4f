"""Takes a user who cancels a question for a fault that passes, and asks again at the next attempt (class REC-9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "totp/reconnect_asks_once": {
        "step": "expect prompted",
        "expected": "the user to be asked 'Verification code: ', 'Verification code: ' ",
    },
}


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return error.code == "cancelled" or super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "asks_again_after_a_cancel")
