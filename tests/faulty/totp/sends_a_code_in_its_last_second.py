"""Sends a code as long as it is good, be it for a moment (class REC-9)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.totp import CodeGenerator

REJECTED_BY = {
    "totp/never_expiring": {"step": "expect code_left", "observed": "1 codes, with"},
}


class Wrong(CodeGenerator):
    least_left = 0.0


class Faulty(Tunnel):
    parts = Parts(code_generator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "sends_a_code_in_its_last_second")
