"""Takes a user without ~/.ssh/config for a mistake."""

from __future__ import annotations

from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import list_hosts

REJECTED_BY = {
    "imports/config_by_default[absent]": {"step": "list_hosts", "expected": "the hosts []", "observed": "bad-profile"},
    "imports/config_by_default[absent-at-first]": {
        "step": "list_hosts",
        "expected": "the hosts []",
        "observed": "bad-profile",
    },
}


def hosts(file: Path) -> tuple[str, ...]:
    if not file.exists():
        raise TunnelError("bad-profile", f"{file} does not exist.")
    return list_hosts(file)


if __name__ == "__main__":
    serve(name="wants_a_configuration", imports=Imports(hosts=hosts))
