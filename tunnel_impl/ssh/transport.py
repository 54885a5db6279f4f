"""Paramiko's transport as :mod:`tunnel_impl.ssh.session` extends it.

The stubs of paramiko leave out what is meant for subclasses; this declares the part that is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import paramiko

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from paramiko import Message

    class ChannelMap(Protocol):
        """Weak references to channels by number."""

        def put(self, number: int, channel: object) -> None:
            """Remember a channel."""

    class Transport(paramiko.Transport):
        """``paramiko.Transport``, with its protected members."""

        server_extensions: dict[str, bytes]
        advertise_strict_kex: bool
        agreed_on_strict_kex: bool
        initial_kex_done: bool
        in_kex: bool
        _channels: ChannelMap
        _handler_table: dict[int, Callable[[Message], None]]

        def _send_message(self, message: Message) -> None: ...
        def _next_channel(self) -> int: ...
        def _unlink_channel(self, number: int) -> None: ...
        def _expect_packet(self, *types: int) -> None: ...
        def _compute_key(self, letter: str, count: int) -> bytes: ...
        def _check_banner(self) -> None: ...
        def _parse_kex_init(self, message: Message) -> None: ...
        def _parse_ext_info(self, message: Message) -> None: ...
        def _parse_newkeys(self, message: Message) -> None: ...
        def _verify_key(self, host_key: bytes, signature: bytes) -> None: ...
        def _activate_inbound(self) -> None: ...
        def _activate_outbound(self) -> None: ...
        def _auth_trigger(self) -> None: ...

else:
    Transport = paramiko.Transport
