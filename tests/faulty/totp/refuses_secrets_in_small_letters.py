"""Takes a secret in small letters for a bad one."""

from __future__ import annotations

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/secrets[lower-case]": {"step": "open", "observed": "bad-profile"},
}

strict = profile.read_generated_totp


def strict_about_case(section: Fields) -> GeneratedTotp:
    secret = section.text("secret")
    if secret != secret.upper():
        raise section.error("secret", "it is not base32 (A to Z and 2 to 7)")
    return strict(section)


profile.read_generated_totp = strict_about_case


if __name__ == "__main__":
    serve(name="refuses_secrets_in_small_letters")
