"""What OpenSSH's own ssh says, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SSH = shutil.which("ssh")
needs_ssh = pytest.mark.skipif(SSH is None, reason="OpenSSH's ssh is not installed")
_PATIENCE = 20


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ssh with ``arguments``, outside any configuration of the user."""
    return subprocess.run(
        [SSH or "ssh", *arguments], capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False
    )


def verdict_on_host_key(known_hosts: Path, server: int, host: str, port: int, *options: str) -> str:
    """Return what ssh makes of the key of the server on the loopback port ``server``, looked up as host and port."""
    dial = f"exec 2>/dev/null 3<>/dev/tcp/127.0.0.1/{server}; cat <&3 & cat >&3; kill $!"
    said = run(
        "-F/dev/null",
        f"-oProxyCommand=bash -c '{dial}'",
        f"-oUserKnownHostsFile={known_hosts}",
        "-oGlobalKnownHostsFile=/dev/null",
        "-oStrictHostKeyChecking=yes",
        "-oPreferredAuthentications=none",
        "-oIdentityAgent=none",
        "-oBatchMode=yes",
        *options,
        f"-p{port}",
        f"nobody@{host}",
    ).stderr
    for words, verdict in _VERDICTS:
        if words in said:
            return verdict
    raise AssertionError(said)


_VERDICTS = (
    ("Permission denied", "accepted"),
    ("REVOKED", "revoked"),
    ("IDENTIFICATION HAS CHANGED", "changed"),
    ("host key is known for", "unknown"),
)
