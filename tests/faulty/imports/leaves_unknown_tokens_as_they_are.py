"""Takes a token that a keyword does not have for ordinary text (TableProApp/TablePro#2687)."""

from __future__ import annotations

from collections.abc import Mapping

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import tokens
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_refused[token]": {
        "step": "import_config",
        "expected": "the error bad-profile",
        "observed": "it was imported",
    },
}


def token(_directive: Directive, letter: str, known: Mapping[str, str]) -> str:
    return known.get(letter, f"%{letter}")


tokens.value_of_token = token


if __name__ == "__main__":
    serve(name="leaves_unknown_tokens_as_they_are")
