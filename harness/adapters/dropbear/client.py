"""Dropbear's client: what it supports, and which one is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from harness.adapter.protocol import Implementation
from harness.adapters.command.failure import failed
from harness.adapters.command.service import Client
from harness.adapters.dropbear.tunnel import Tunnel

if TYPE_CHECKING:
    from harness.adapter.protocol import Feature

_SUPPORTS: tuple[Feature, ...] = (
    "auth.password",
    "auth.key",
    "auth.agent",
    "auth.keyboard-interactive",
    "auth.none",
    "totp.prompt",
    "jump",
    "host-keys.ask",
    "keepalive",
    "status",
)


def _implementation() -> Implementation:
    if missing := [name for name in ("dbclient", "dropbearconvert") if shutil.which(name) is None]:
        raise failed("internal", f"there is no {missing[0]} here; install it (Debian: apt install dropbear-bin)")
    version = subprocess.run(["dbclient", "-V"], capture_output=True, check=False, text=True, timeout=5)
    said = version.stdout + version.stderr
    return Implementation(name="dropbear", version=said.strip().removeprefix("Dropbear v"), language="C")


DROPBEAR = Client(_SUPPORTS, _implementation, Tunnel)
