"""Makes codes of 60 s where the profile does not say the period."""

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


def slow(section: Fields) -> GeneratedTotp:
    return replace(strict(section), period=section.whole("period", 60))


profile.read_generated_totp = slow


if __name__ == "__main__":
    serve(name="makes_codes_of_a_minute_by_default")
