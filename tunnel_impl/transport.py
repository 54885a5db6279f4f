"""Paramiko's transport as :mod:`tunnel_impl.session` extends it.

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
        _channels: ChannelMap
        _handler_table: dict[int, Callable[[Message], None]]

        def _send_message(self, message: Message) -> None: ...
        def _next_channel(self) -> int: ...
        def _unlink_channel(self, number: int) -> None: ...
        def _check_banner(self) -> None: ...
        def _parse_newkeys(self, message: Message) -> None: ...
        def _auth_trigger(self) -> None: ...

else:
    Transport = paramiko.Transport
