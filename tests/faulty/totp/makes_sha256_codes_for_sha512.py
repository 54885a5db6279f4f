"""Knows two algorithms, and makes codes with SHA256 where it is not SHA1."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/parameters[sha512-6-30]": {"step": "open", "observed": "totp-rejected"},
}


class Wrong(CodeGenerator):
    def __init__(self, totp: GeneratedTotp, cancellation: Cancellation) -> None:
        super().__init__(replace(totp, algorithm="SHA256") if totp.algorithm == "SHA512" else totp, cancellation)


class Faulty(Tunnel):
    parts = Parts(code_generator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "makes_sha256_codes_for_sha512")
