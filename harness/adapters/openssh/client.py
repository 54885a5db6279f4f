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

_SUPPORTS: tuple[Feature, ...] = (
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


def _implementation() -> Implementation:
    ssh = shutil.which("ssh")
    if ssh is None:
        raise failed("internal", "ssh was not found; install OpenSSH's client")
    said = subprocess.run([ssh, "-V"], capture_output=True, check=False, text=True, timeout=5).stderr
    version = said.partition("OpenSSH_")[2].split(maxsplit=1)
    return Implementation(name="openssh", version=version[0].rstrip(",") if version else said.strip(), language="C")


OPENSSH = Client(_SUPPORTS, _implementation, Tunnel)
