"""OpenSSH's client: what it supports, and which one is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from harness.adapter.protocol import Implementation
from harness.adapters.command.failure import failed
from harness.adapters.command.service import Client
from harness.adapters.openssh.tunnel import Tunnel

if TYPE_CHECKING:
    from harness.adapter.protocol import Feature

SUPPORTS: tuple[Feature, ...] = (
    "auth.password",
    "auth.key",
    "auth.agent",
    "auth.keyboard-interactive",
    "auth.none",
    "auth.certificate",
    "errors.code",
    "status",
    "totp.prompt",
    "jump",
    "target.socket",
    "host-keys.ask",
    "host-keys.alias",
    "keepalive",
)


def version() -> str:
    """Return the version of the installed ssh. Raises Failure without one."""
    ssh = shutil.which("ssh")
    if ssh is None:
        raise failed("internal", "ssh was not found; install OpenSSH's client")
    said = subprocess.run([ssh, "-V"], capture_output=True, check=False, text=True, timeout=5).stderr
    found = said.partition("OpenSSH_")[2].split(maxsplit=1)
    return found[0].rstrip(",") if found else said.strip()


def _implementation() -> Implementation:
    return Implementation(name="openssh", version=version(), language="C")


OPENSSH = Client(SUPPORTS, _implementation, Tunnel)
