"""The scripted server of the image ``bastion-totp``: it holds the dialogues and gives the answers that sshd cannot.

The server is ``containers/bastion-totp/scripted.py``. It knows keyboard-interactive, or a password where there is no
dialogue, a public key where ``methods`` leave the choice, and forwarding; of sshd_config(5) it knows nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from cryptography.hazmat.primitives import serialization

from harness.world.docker.bastion import pam, sshd
from harness.world.fabric import BastionSetup

_SETTINGS = "/etc/security/tunspec-scripted"


def impossible(setup: BastionSetup) -> str | None:
    """Return why the scripted server cannot serve ``setup``, or None."""
    if setup.methods not in {None, "keyboard-interactive"}:
        return f"its methods can be keyboard-interactive only, not {setup.methods}"
    if setup.anyone:
        return "it lets nobody in without a credential"
    if setup.methods is not None and setup.dialogue is None:
        return "it has no dialogue for keyboard-interactive"
    if setup.policy:
        return f"the scripted server has no policy, and this one has {', '.join(setup.policy)}"
    return None


def render(setup: BastionSetup, port: int) -> pam.Files:
    """Return path to content and mode of every file that makes the scripted server serve ``setup`` on ``port``."""
    by_key = setup.methods is None
    authorized = sshd.authorized_keys(setup if by_key else replace(setup, authorized_keys=()))
    keys = {path: (_pkcs8(key), mode) for path, (key, mode) in sshd.host_key_files(setup).items()}
    settings = {
        "port": port,
        "pid_file": sshd.PID_FILE,
        "host_keys": list(keys),
        "host_certificates": list(sshd.host_certificate_files(setup)),
        "user": setup.user,
        "password": setup.password,
        "by_key": by_key,
        "authorized_keys": sshd.authorized_keys_file(setup.user),
        "dialogue": [[asdict(prompt) for prompt in prompts] for prompts in setup.dialogue or ()],
        "totp": _totp(setup),
        "keepalives": setup.keepalives,
        "banner": setup.banner,
        "delays": asdict(setup.delays),
        "password_expired": setup.password_expired,
        "compression": setup.compression,
        "heading": setup.heading,
    }
    return {**keys, **sshd.host_certificate_files(setup), **authorized, _SETTINGS: (json.dumps(settings), 0o400)}


def _pkcs8(private: str) -> str:
    """Return a key in the one form that every asyncssh reads; 2.10 refuses OpenSSH's with a whole block of padding."""
    key = serialization.load_ssh_private_key(private.encode(), None)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()


def _totp(setup: BastionSetup) -> dict[str, Any] | None:
    if setup.totp is None:
        return None
    known = asdict(setup.totp)
    del known["secret"]
    return {**known, "key": pam.key(setup.totp).hex()}


SERVER = sshd.Server(
    f"/usr/local/lib/tunspec/scripted.py {_SETTINGS}",
    "echo 'the log of the bastion says why the scripted server does not start'",
    render,
    lambda _: {},
)
