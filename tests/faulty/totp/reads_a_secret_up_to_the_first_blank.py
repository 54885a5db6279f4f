"""Takes the first group of a secret that is written in groups for the whole."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.base32 import decode_secret
from tunnel_impl.fields import Fields
from tunnel_impl.profile import GeneratedTotp

REJECTED_BY = {
    "totp/secrets[in-groups-of-four]": {"step": "open", "observed": "totp-rejected"},
}

strict = profile.read_generated_totp


def hasty(section: Fields) -> GeneratedTotp:
    first = section.text("secret").split()[0]
    return replace(strict(section), key=decode_secret(first + "A" * (-len(first) % 8)))


profile.read_generated_totp = hasty


if __name__ == "__main__":
    serve(name="reads_a_secret_up_to_the_first_blank")
