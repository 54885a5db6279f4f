"""Imports neither HostKeyAlias nor the files of certificates and known hosts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_names_of_keys": {"step": "import_config", "observed": "host_key_alias"},
}


def load(file: Path, host: str) -> HostConfig:
    return replace(load_host(file, host), host_key_alias=None, certificate_files=(), known_hosts_files=())


if __name__ == "__main__":
    serve(name="imports_no_host_key_alias", imports=Imports(config=load))
