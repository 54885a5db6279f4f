"""A bastion's setup in the words of asyncssh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

from harness.world.embedded.sshd_config import CERTIFICATE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.world.embedded.policy import Policy

_NO_LIMIT = 1 << 30
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")


async def options(
    policy: Policy, host_keys: Sequence[asyncssh.SSHKey], owner: Callable[[], asyncssh.SSHServer]
) -> asyncssh.SSHServerConnectionOptions:
    """Return what asyncssh serves connections with. Raises ValueError where it cannot."""
    signatures = dict.fromkeys(name.removesuffix(CERTIFICATE) for name in policy.accepted)
    constructed: asyncssh.SSHServerConnectionOptions = await asyncssh.SSHServerConnectionOptions.construct(
        config=None,
        server_factory=owner,
        server_host_keys=host_keys,
        encryption_algs=_CIPHERS,
        signature_algs=tuple(signatures),
        compression_algs=None,
        authorized_client_keys=None,
        agent_forwarding=False,
        allow_pty=False,
        login_timeout=policy.grace,
        keepalive_interval=policy.alive_interval,
        keepalive_count_max=policy.alive_count or _NO_LIMIT,
        **({"rekey_bytes": policy.rekey_bytes} if policy.rekey_bytes else {}),
        **({"rekey_seconds": policy.rekey_seconds} if policy.rekey_seconds else {}),
    )
    return constructed
