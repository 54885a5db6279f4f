"""Files and lines that are nearly right, made of sound ones."""

from __future__ import annotations

import os
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("TUNSPEC_FUZZ_EXAMPLES", "40"))
"""How many are tried; the same ones each time, unless more are asked for."""
settings.register_profile(
    "tunspec",
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= 40,
    database=None,
    deadline=20_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
_PIECES = (
    *(".inf", ".nan", "NaN", "1e308", "9" * 50, "-1", "0", "0B", "1GiB", "1:30", "1e9h", "true", "null", "~", "''"),
    *("[" * 50, "]", "{", "}", "{}", "[]", "- ", ": ", ",", "#", "&a ", "*a", "!!binary ", "<<: ", "? ", "|", ">", "%"),
    *(
        "$x",
        "${x}",
        "${",
        "\x00",
        "\x1b[2J",
        "\u2028",
        "\ud800",
        "\U0010ffff",
        "ß",
        "\t",
        "\n",
        "\r",
        '"',
        "\\",
        "..",
        "/",
    ),
    *("::error::", "[[waivers]]", "=", '"a"', "1970-01-01", "x" * 300),
)


@st.composite
def spoiled(draw: st.DrawFn, sound: Sequence[str]) -> bytes:
    """Return one of the ``sound`` texts with a few pieces of it replaced, repeated, removed, or put elsewhere."""
    text = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, len(text)))
        end = min(len(text), begin + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(_PIECES), st.just(text[begin:end] * 2), st.text(max_size=8)))
        text = text[:begin] + piece + text[end:]
    return text.encode("utf-8", "surrogatepass")
