"""Gives every jump host the identity files of the last server (bytebase/dbhub#348)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_jumps[alias]": {"step": "import_config", "expected": "jumps[0].identity_files"},
}


def load(file: Path, host: str) -> HostConfig:
    found = load_host(file, host)
    return replace(found, jumps=tuple(replace(one, identity_files=found.identity_files) for one in found.jumps))


if __name__ == "__main__":
    serve(name="offers_one_key_to_all_hops", imports=Imports(config=load))
