"""A bastion's setup in the words of asyncssh."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import asyncssh

from harness.world.embedded.bastion.sshd_config import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.world.embedded.bastion.door import Door

HostKeyShown = asyncssh.SSHKey | tuple[asyncssh.SSHKey, asyncssh.SSHCertificate]
_NO_LIMIT = 1 << 30
_ZLIB = "zlib@openssh.com"
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")


async def options(
    door: Door, host_keys: Sequence[HostKeyShown], owner: Callable[[], asyncssh.SSHServer]
) -> asyncssh.SSHServerConnectionOptions:
    """Return what asyncssh serves connections with. Raises ValueError where it cannot."""
    policy = door.policy
    constructed: asyncssh.SSHServerConnectionOptions = await asyncssh.SSHServerConnectionOptions.construct(
        config=None,
        server_factory=owner,
        server_host_keys=host_keys,
        encryption_algs=policy.ciphers or _CIPHERS,
        mac_algs=policy.macs or (),
        kex_algs=policy.key_exchanges or (),
        signature_algs=SIGNATURES,
        compression_algs=_compression(door),
        authorized_client_keys=None,
        agent_forwarding=False,
        allow_pty=False,
        login_timeout=policy.grace,
        keepalive_interval=policy.alive_interval,
        keepalive_count_max=policy.alive_count or _NO_LIMIT,
        **({"rekey_bytes": policy.rekey_bytes} if policy.rekey_bytes else {}),
    )
    constructed.server_host_keys = _chosen(constructed.server_host_keys, policy.host_key_algorithms)
    return constructed


def with_certificates(keys: Sequence[asyncssh.SSHKey], certificates: Sequence[str]) -> list[HostKeyShown]:
    """Return the host keys, each with its certificate where there are any."""
    if not certificates:
        return list(keys)
    read = [asyncssh.import_certificate(certificate) for certificate in certificates]
    return list(zip(keys, read, strict=True))


def _compression(door: Door) -> tuple[str, ...] | None:
    """Return the names of the compressions; zlib of RFC 4253 is not among them, as in OpenSSH since 7.4."""
    if door.compression == "required":
        return (_ZLIB,)
    return ("none", _ZLIB) if door.policy.compression else None


def _chosen(
    pairs: OrderedDict[bytes, asyncssh.SSHKeyPair], names: Sequence[str]
) -> OrderedDict[bytes, asyncssh.SSHKeyPair]:
    """Return the host keys by their algorithms: those of HostKeyAlgorithms that there are keys for, in its order."""
    there = OrderedDict((name.encode(), pairs[name.encode()]) for name in names if name.encode() in pairs)
    if not there:
        raise ValueError(f"HostKeyAlgorithms {','.join(names)}: the bastion has no host key for any of these")
    return there
