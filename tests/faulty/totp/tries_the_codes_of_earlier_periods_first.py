"""Tries old codes before the present one, in case the server's clock is slow."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login, Refused
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "totp/rate_limit": {"step": "open", "expected": "open to succeed"},
}


class Guessing(Authenticator):
    @override
    def converse(self, session: Session, login: Login, password: str | None) -> Answer:
        codes = self.codes
        if codes:
            for age in (4, 3, 2):
                self.codes = Old(codes, age, self.cancellation)
                answer = super().converse(session, login, password)
                if not isinstance(answer, Refused):
                    return answer
            self.codes = codes
        return super().converse(session, login, password)


class Old(CodeGenerator):
    def __init__(self, codes: CodeGenerator, age: int, cancellation: Cancellation) -> None:
        super().__init__(codes.totp, cancellation)
        self.age = age

    @override
    def now(self) -> float:
        return super().now() - self.age * self.totp.period


class Faulty(Tunnel):
    parts = Parts(authenticator=Guessing)


if __name__ == "__main__":
    serve(Faulty, "tries_the_codes_of_earlier_periods_first")
