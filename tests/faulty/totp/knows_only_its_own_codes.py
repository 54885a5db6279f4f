"""Uses no code twice, but does not know which ones another tunnel with the same secret has used."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/never_reused[two-tunnels-at-once]": {"step": "open_together", "observed": "totp-rejected"},
}


class Alone(CodeGenerator):
    def __init__(self, totp: GeneratedTotp, cancellation: Cancellation) -> None:
        super().__init__(totp, cancellation)
        self.used: set[int] = set()

    @override
    def is_usable(self, step: int, left: float) -> bool:
        usable = left >= self.least_left and step not in self.used
        if usable:
            self.used.add(step)
        return usable


class Faulty(Tunnel):
    parts = Parts(code_generator=Alone)


if __name__ == "__main__":
    serve(Faulty, "knows_only_its_own_codes")
