"""Expands the tokens of a path a second time, so that %%h is the host."""

from __future__ import annotations

from collections.abc import Mapping

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import tokens
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_values[percent-sign]": {"step": "import_config", "observed": "identity_files[0]"},
}

once = tokens.expanded_path


def twice(directive: Directive, text: str, known: Mapping[str, str]) -> str:
    return once(directive, once(directive, text, known), {**known, "": "%"})


tokens.expanded_path = twice


if __name__ == "__main__":
    serve(name="expands_tokens_twice")
