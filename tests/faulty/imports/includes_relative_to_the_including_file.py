"""Looks for an included file beside the file that includes it, not in ~/.ssh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import settings
from tunnel_impl.imports.ssh_config.words import Directive, directives

REJECTED_BY = {
    "imports/config_include[in-a-file-of-a-folder-still-relative-to-the-ssh-folder]": {
        "step": "import_config",
        "observed": "user 'wrong'",
    },
}


def beside(file: Path) -> Iterator[Directive]:
    for one in directives(file):
        relative = one.keyword == "include" and not one.text.startswith(("/", "~"))
        yield replace(one, text=str(file.parent / one.text)) if relative else one


settings.directives = beside


if __name__ == "__main__":
    serve(name="includes_relative_to_the_including_file")
