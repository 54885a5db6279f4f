"""Makes codes of six digits whatever the profile says."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/parameters[sha1-8-30]": {"step": "open", "observed": "totp-rejected"},
}


class Wrong(CodeGenerator):
    def __init__(self, totp: GeneratedTotp, cancellation: Cancellation) -> None:
        super().__init__(replace(totp, digits=6), cancellation)


class Faulty(Tunnel):
    parts = Parts(code_generator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "makes_codes_of_six_digits_always")
