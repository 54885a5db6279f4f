"""autossh: what it supports, and which one is installed."""

from __future__ import annotations

import shutil
import subprocess

from harness.adapter.protocol import Implementation
from harness.adapters.autossh.tunnel import Tunnel
from harness.adapters.command.failure import failed
from harness.adapters.command.service import Client
from harness.adapters.openssh import client as openssh


def _implementation() -> Implementation:
    autossh = shutil.which("autossh")
    if autossh is None:
        raise failed("internal", "autossh was not found; install it (Debian: apt install autossh)")
    said = subprocess.run([autossh, "-V"], capture_output=True, check=False, text=True, timeout=5).stdout
    version = f"{said.strip().removeprefix('autossh ')} (OpenSSH {openssh.version()})"
    return Implementation(name="autossh", version=version, language="C")


AUTOSSH = Client((*openssh.SUPPORTS, "reconnect"), _implementation, Tunnel)
