"""Passes over keywords that ssh refuses, so that the lines below them count for other hosts (class CONF-3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import keywords, settings
from tunnel_impl.imports.ssh_config.words import Directive, directives

REJECTED_BY = {
    "imports/config_unknown[misspelt-host]": {"step": "import_config", "observed": "it was imported"},
    "imports/config_unknown[byte-order-mark]": {"step": "import_config", "observed": "it was imported"},
    "imports/config_unknown[in-a-block-of-another-host]": {"step": "import_config", "observed": "it was imported"},
    "imports/config_unknown[named-further-down]": {"step": "import_config", "observed": "it was imported"},
}


def known(file: Path) -> Iterator[Directive]:
    yield from (one for one in directives(file) if keywords.is_known(one.keyword))


settings.directives = known


if __name__ == "__main__":
    serve(name="warns_of_unknown_keywords")
