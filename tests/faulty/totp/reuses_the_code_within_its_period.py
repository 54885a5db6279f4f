"""Sends the present code again when it is asked twice within its period (class REC-9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.totp import CodeGenerator

REJECTED_BY = {
    "totp/never_reused[one-after-the-other]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "totp-rejected",
    },
}


class Wrong(CodeGenerator):
    @override
    def is_usable(self, step: int, left: float) -> bool:
        del step
        return left >= self.least_left


class Faulty(Tunnel):
    parts = Parts(code_generator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "reuses_the_code_within_its_period")
