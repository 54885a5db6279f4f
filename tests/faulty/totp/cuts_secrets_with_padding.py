"""Drops the last group of eight letters of a secret that is padded, for it is not whole."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.base32 import decode_secret
from tunnel_impl.fields import Fields
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/secrets[with-padding]": {"step": "open", "observed": "totp-rejected"},
}

strict = profile.read_generated_totp


def tidy(section: Fields) -> GeneratedTotp:
    secret = section.text("secret")
    totp = strict(section)
    return replace(totp, key=decode_secret(secret[:-8])) if secret.endswith("=") else totp


profile.read_generated_totp = tidy


if __name__ == "__main__":
    serve(name="cuts_secrets_with_padding")
