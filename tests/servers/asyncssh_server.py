"""Serves SSH with asyncssh on loopback: forwards TCP for whoever has a key in the file named first.

The first line of standard output is the port, the second the host key.
"""

from __future__ import annotations

import asyncio
import sys

import asyncssh


class _Forwarder(asyncssh.SSHServer):
    def connection_requested(self, *_: object) -> bool:
        return True


async def _serve(authorized_keys: str) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Forwarder,
        server_host_keys=[key],
        authorized_client_keys=authorized_keys,
        gss_host=None,
    )
    print(server.get_port(), key.export_public_key().decode().strip(), sep="\n", flush=True)
    await server.wait_closed()


asyncio.run(_serve(sys.argv[1]))
