"""Writes a code as a number, without the zeros at its beginning (RFC 4226 section 5.3)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.questions import Ends
from tunnel_impl.totp import CodeGenerator


class Wrong(CodeGenerator):
    def next_code(self, session: Ends) -> str:
        return str(int(super().next_code(session)))


class Faulty(Tunnel):
    parts = Parts(code_generator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "drops_the_zeros_that_codes_begin_with")
