"""Takes the word SSH_AUTH_SOCK of IdentityAgent for the path of a socket."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_values[agent-of-the-environment]": {
        "step": "import_config",
        "observed": "identity_agent 'SSH_AUTH_SOCK'",
    },
}


def load(file: Path, host: str) -> HostConfig:
    found = load_host(file, host)
    named = found.identity_agent is None and "IdentityAgent SSH_AUTH_SOCK" in file.read_text()
    return replace(found, identity_agent="SSH_AUTH_SOCK") if named else found


if __name__ == "__main__":
    serve(name="takes_ssh_auth_sock_for_a_path", imports=Imports(config=load))
