"""Makes codes of an empty secret, which is nobody's."""

from __future__ import annotations

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/bad_secret[empty]": {"step": "expect credentials", "observed": "1 connections at totp:"},
    "errors/bad_secret[empty]": {"step": "open", "expected": "the error bad-profile", "observed": "totp-rejected"},
}

strict = profile.read_generated_totp


def forgiving(section: Fields) -> GeneratedTotp:
    if section.optional_text("secret") is not None:
        return strict(section)
    section.text("algorithm", "SHA1")
    return GeneratedTotp(b"", digits=section.whole("digits", 6), period=section.whole("period", 30))


profile.read_generated_totp = forgiving


if __name__ == "__main__":
    serve(name="takes_an_empty_secret_for_a_key")
