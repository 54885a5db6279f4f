"""Reads ProxyJump of the host, but not that of its jump hosts (TableProApp/TablePro#2691)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host
from tunnel_impl.imports.ssh_config.jumps import stops
from tunnel_impl.imports.ssh_config.settings import settings_of

REJECTED_BY = {
    "imports/config_jumps[nested]": {"step": "import_config", "expected": "jumps"},
}


def load(file: Path, host: str) -> HostConfig:
    found = load_host(file, host)
    directive = settings_of(file, host, None, None).first.get("proxyjump")
    direct = len(stops(directive)) if directive else 0
    return replace(found, jumps=found.jumps[len(found.jumps) - direct :])


if __name__ == "__main__":
    serve(name="ignores_the_jumps_of_jumps", imports=Imports(config=load))
