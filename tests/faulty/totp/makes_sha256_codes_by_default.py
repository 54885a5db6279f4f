"""Makes codes with SHA256 where the profile does not say the algorithm."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/defaults": {"step": "open", "observed": "totp-rejected"},
}

strict = profile.read_generated_totp


def modern(section: Fields) -> GeneratedTotp:
    said = section.text("algorithm", "none")
    totp = strict(section)
    return replace(totp, algorithm="SHA256") if said == "none" else totp


profile.read_generated_totp = modern


if __name__ == "__main__":
    serve(name="makes_sha256_codes_by_default")
