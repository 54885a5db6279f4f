"""Drops what it does not know, and does not say so (class CONF-3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_match[what-is-left-out-is-named]": {
        "step": "import_config",
        "expected": "a warning that names ForwardAgent",
    },
}


def load(file: Path, host: str) -> HostConfig:
    return replace(load_host(file, host), warnings=())


if __name__ == "__main__":
    serve(name="leaves_out_without_a_warning", imports=Imports(config=load))
