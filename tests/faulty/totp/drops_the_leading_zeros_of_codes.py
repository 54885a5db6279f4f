"""Makes a number of each code, and so loses the zeros that it begins with (RFC 6238; classes AUTH-4 and TOTP)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.questions import Ends

REJECTED_BY = {
    "totp/leading_zero[six-digits]": {"step": "open", "observed": "totp-rejected"},
    "totp/leading_zero[eight-digits]": {"step": "open", "observed": "totp-rejected"},
}


class Numeric(CodeGenerator):
    @override
    def next_code(self, session: Ends) -> str:
        return str(int(super().next_code(session)))


class Faulty(Tunnel):
    parts = Parts(code_generator=Numeric)


if __name__ == "__main__":
    serve(Faulty, "drops_the_leading_zeros_of_codes")
