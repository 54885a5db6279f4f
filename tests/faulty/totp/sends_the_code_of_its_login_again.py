"""Keeps what it answered at the login, also the code, and answers a reconnect the same (TableProApp/TablePro#312)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.questions import Ends

REJECTED_BY = {
    "totp/reconnect_with_a_fresh_code": {"step": "works_again", "expected": "a client to be served again within 40 s"},
}


class Remembering(CodeGenerator):
    code = ""

    @override
    def next_code(self, session: Ends) -> str:
        self.code = self.code or super().next_code(session)
        return self.code


class Faulty(Tunnel):
    parts = Parts(code_generator=Remembering)


if __name__ == "__main__":
    serve(Faulty, "sends_the_code_of_its_login_again")
