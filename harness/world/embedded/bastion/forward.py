"""One channel of an embedded bastion to a target: half-close and back-pressure are passed on exactly."""

from __future__ import annotations

import asyncio
from typing import cast

import asyncssh

from harness.world.embedded.machines.timer import Timer


class TargetSide(asyncio.Protocol):
    """The bastion's TCP connection to where the channel leads; it reads only once the channel is open."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.channel: asyncssh.SSHTCPChannel[bytes] | None = None
        self.idle = Timer(0, self.give_up)
        self.ended = False
        self.channel_ended = False
        self._lost = False

    @property
    def alive(self) -> bool:
        """Whether bytes can still be sent."""
        return not self._lost and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the channel."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Pass on to the client."""
        self.idle.start()
        if self.channel is not None:
            self.channel.write(data)

    def eof_received(self) -> bool:
        """Pass on the half-close and stay open for the other direction."""
        self.ended = True
        if self.channel is not None:
            self.channel.write_eof()
            self.close_when_both_ended()
        return True

    def half_close(self) -> None:
        """Tell the target that nothing more will come."""
        try:
            self.transport.write_eof()
        except OSError:
            self.transport.abort()

    def close_when_both_ended(self) -> None:
        """Close both once neither direction has more to say; what is queued is sent."""
        if self.ended and self.channel_ended and self.channel is not None:
            self.channel.close()
            self.transport.close()

    def give_up(self) -> None:
        """Close both at once: nothing passed for too long (ChannelTimeout of sshd_config(5))."""
        if self.channel is not None:
            self.channel.abort()
        self.transport.abort()

    def pause_writing(self) -> None:
        """Close the channel's window."""
        if self.channel is not None:
            self.channel.pause_reading()

    def resume_writing(self) -> None:
        """Open the channel's window again."""
        if self.channel is not None:
            self.channel.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- SSH has no reset to pass on
        """Close the channel after what was received."""
        self._lost = True
        if self.channel is not None:
            self.channel.close()


class ChannelSide(asyncssh.SSHTCPSession[bytes]):
    """The channel to the client; ``timeout`` is how many seconds it may be idle, 0 for any number."""

    def __init__(self, target: TargetSide, timeout: float) -> None:
        self._target = target
        target.idle = Timer(timeout, target.give_up)

    def connection_made(self, chan: asyncssh.SSHTCPChannel[bytes]) -> None:
        """Take the channel."""
        self._target.channel = chan

    def session_started(self) -> None:
        """Begin to read from the target."""
        self._target.idle.start()
        self._target.transport.resume_reading()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002 -- always None here
        """Pass on to the target."""
        self._target.idle.start()
        if self._target.alive:
            self._target.transport.write(data)

    def eof_received(self) -> bool:
        """Pass on the half-close and stay open for the other direction."""
        self._target.channel_ended = True
        if self._target.alive:
            self._target.half_close()
        self._target.close_when_both_ended()
        return True

    def pause_writing(self) -> None:
        """Stop reading from the target."""
        if self._target.alive:
            self._target.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read from the target again."""
        if self._target.alive:
            self._target.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the connection to the target, at once when the session broke."""
        self._target.channel = None
        self._target.idle.stop()
        if exc is None:
            self._target.transport.close()
        else:
            self._target.transport.abort()
