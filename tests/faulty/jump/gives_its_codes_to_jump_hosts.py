"""Gives the code of the last server to whichever server asks for one."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp, Hop
from tunnel_impl.questions import Questioner

REJECTED_BY = {
    "jump/prompt_at_a_jump_host[bastion1]": {"step": "open", "observed": "totp-rejected"},
}


class Wrong(Authenticator):
    secret: ClassVar[GeneratedTotp | None] = None

    def __init__(
        self,
        hop: Hop,
        index: int,
        timeout: float,
        questioner: Questioner,
        cancellation: Cancellation,
        codes: CodeGenerator | None = None,
    ) -> None:
        given = codes or (CodeGenerator(self.secret, cancellation) if self.secret else None)
        super().__init__(hop, index, timeout, questioner, cancellation, given)


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)

    @override
    def new_codes(self) -> CodeGenerator | None:
        totp = self.profile.hops[-1].totp
        Wrong.secret = totp if isinstance(totp, GeneratedTotp) else None
        return super().new_codes()


if __name__ == "__main__":
    serve(Faulty, "gives_its_codes_to_jump_hosts")
