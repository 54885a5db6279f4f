"""Imports the port of a jump host without looking at its range."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/ports_beyond[jump]": {"step": "import_config", "observed": "it was imported"},
}

BEYOND = re.compile(r":(\d{5,})$", re.MULTILINE)


def load(file: Path, host: str) -> HostConfig:
    text = file.read_text()
    beyond = BEYOND.search(text)
    if not beyond:
        return load_host(file, host)
    copy = Path("config-without-the-port")
    copy.write_text(BEYOND.sub("", text))
    found = load_host(copy, host)
    return replace(found, jumps=tuple(replace(jump, port=int(beyond[1])) for jump in found.jumps))


if __name__ == "__main__":
    serve(name="imports_any_number_as_a_port", imports=Imports(config=load))
