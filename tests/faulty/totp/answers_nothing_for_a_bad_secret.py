"""Takes a secret that is no base32, and answers prompts for its code with nothing (class TOTP)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError, profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp
from tunnel_impl.questions import Ends

REJECTED_BY = {
    "totp/bad_secret[not-base32]": {"step": "expect credentials", "observed": "1 connections at totp:"},
    "errors/bad_secret[not-base32]": {"step": "open", "expected": "the error bad-profile", "observed": "totp-rejected"},
}

strict = profile.read_generated_totp


def forgiving(section: Fields) -> GeneratedTotp:
    try:
        return strict(section)
    except TunnelError:
        section.text("algorithm", "SHA1")
        return GeneratedTotp(b"", digits=section.whole("digits", 6), period=section.whole("period", 30))


profile.read_generated_totp = forgiving


class Speechless(CodeGenerator):
    @override
    def next_code(self, session: Ends) -> str:
        return super().next_code(session) if self.totp.key else ""


class Faulty(Tunnel):
    parts = Parts(code_generator=Speechless)


if __name__ == "__main__":
    serve(Faulty, "answers_nothing_for_a_bad_secret")
