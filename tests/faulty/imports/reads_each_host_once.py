"""Remembers what it read of a host, and never looks at the configuration again."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_by_default[changed]": {"step": "import_config", "expected": "user 'two'", "observed": "user 'one'"},
    "imports/config_by_default[an-included-file-changed]": {
        "step": "import_config",
        "expected": "user 'two'",
        "observed": "user 'one'",
    },
}


@cache
def load(file: Path, host: str) -> HostConfig:
    return load_host(file, host)


if __name__ == "__main__":
    serve(name="reads_each_host_once", imports=Imports(config=load))
