"""Sees what ssh would only find out late, or would pass over in silence: missing keys and agents."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from harness.adapter.profile import AgentAuth, KeyAuth
from harness.adapters.command.failure import failed
from harness.adapters.openssh.config import agent_socket, hops

if TYPE_CHECKING:
    from harness.adapter.profile import Profile


def check(profile: Profile) -> None:
    """Look at every hop's key file or agent. Raises Failure."""
    for hop in hops(profile):
        match hop.auth:
            case KeyAuth(file=file):
                _check_key(Path(file).expanduser(), hop.number)
            case AgentAuth(socket=path):
                _check_agent(path, hop.number)


def _check_key(file: Path, hop: int) -> None:
    if not file.exists():
        raise failed("key-not-found", f"there is no key file {file}; check its path", hop)
    if not file.is_file() or not os.access(file, os.R_OK):
        raise failed("key-unreadable", f"the key file {file} cannot be read; check its permissions", hop)


def _check_agent(given: str | None, hop: int) -> None:
    path = agent_socket(given) if given else os.environ.get("SSH_AUTH_SOCK")
    if not path:
        raise failed("agent-unavailable", "SSH_AUTH_SOCK names no agent; start one with ssh-agent", hop)
    with socket.socket(socket.AF_UNIX) as agent:
        try:
            agent.connect(str(Path(path).expanduser()))
        except OSError as error:
            raise failed("agent-unavailable", f"no agent answers at {path}: {error}", hop) from error
