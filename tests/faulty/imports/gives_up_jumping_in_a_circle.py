"""Connects directly where the jump hosts lead back to themselves, instead of saying so."""

from __future__ import annotations

from pathlib import Path

from tunnel_impl import TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_refused[circle-of-jumps]": {
        "step": "import_config",
        "expected": "the error bad-profile",
        "observed": "it was imported",
    },
}


def load(file: Path, host: str) -> HostConfig:
    try:
        return load_host(file, host)
    except TunnelError as error:
        if "lead back" in error.message:
            return HostConfig(host, 22)
        raise


if __name__ == "__main__":
    serve(name="gives_up_jumping_in_a_circle", imports=Imports(config=load))
