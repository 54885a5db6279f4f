"""Reads an Include wherever it stands, also in a block that does not apply (TableProApp/TablePro#2689)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import settings
from tunnel_impl.imports.ssh_config.words import Directive, directives

REJECTED_BY = {
    "imports/config_include[in-a-block-that-does-not-apply]": {"step": "import_config", "observed": "user 'deploy'"},
}


def hoisted(file: Path) -> Iterator[Directive]:
    found = tuple(directives(file))
    yield from (one for one in found if one.keyword == "include")
    yield from (one for one in found if one.keyword != "include")


settings.directives = hoisted


if __name__ == "__main__":
    serve(name="includes_for_every_host")
