"""The client behind which a scenario stands: it dials the tunnel's local end and talks to the probe target.

What the target does is chosen by the first line of a connection; ``harness/probe/target.py`` lists the lines.
"""

from __future__ import annotations

import fcntl
import hashlib
import secrets
import socket
import struct
import termios
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from harness.errors import Failed
from harness.probe.talk import Deadline, Talk, Way, dial, in_words
from harness.probe.target import READY, pattern

_CHUNK = 256 * 1024
_SMALL = 64
_HELD_UP = 2.0
"""Seconds without room for a byte after which a client counts as held up."""


class Held:
    """One connection in the target's echo mode that stays open and notes when and how it ended."""

    def __init__(self, way: Way, within: float) -> None:
        self._talk = Talk(way, "ECHO", within)
        self._socket = self._talk.socket
        self._socket.settimeout(None)
        self._arrived = bytearray()
        self._news = threading.Condition()
        self.ended_at: float | None = None
        self.ended_by: Literal["eof", "reset"] | None = None
        self._reader = threading.Thread(target=self._read, name="held-connection", daemon=True)
        self._reader.start()
        with suppress(Failed):
            self._talk.ask()

    def _say(self, data: bytes) -> None:
        """Send ``data``; that the connection has ended is what the reader sees, and what an echo then tells."""
        with suppress(OSError):
            self._socket.sendall(data)

    def _read(self) -> None:
        ending: Literal["eof", "reset"] = "eof"
        try:
            while data := self._talk.receive(65536):
                with self._news:
                    self._arrived += data
                    self._news.notify_all()
        except OSError:
            ending = "reset"
        with self._news:
            self.ended_at = time.monotonic()
            self.ended_by = ending
            self._news.notify_all()

    def echo(self, size: int, within: float, *, spent: float = 0.0) -> None:
        """Send ``size`` random bytes and see them come back within ``within`` s, of which ``spent`` are gone.

        Raises Failed.
        """
        sent = secrets.token_bytes(size)
        with self._news:
            self._arrived.clear()
        self._say(sent)
        with self._news:
            done = self._news.wait_for(
                lambda: len(self._arrived) >= size or self.ended_at is not None, timeout=max(0.05, within - spent)
            )
            arrived = bytes(self._arrived)
        if arrived == sent:
            self._talk.proven()
            return
        if len(arrived) > size:
            raise Failed(f"the {size} bytes that were sent to come back", f"more came back: {len(arrived)}")
        what = f"{len(arrived)} of {size} bytes came back"
        if len(arrived) == size:
            raise Failed("the bytes that were sent to come back", "other bytes came back")
        if done:
            raise Failed(
                "the bytes that were sent to come back",
                f"{what}, then the connection ended ({self.ended_by})",
            )
        raise Failed(f"an echo within {within:g} s", what)

    def talk(self, every: float) -> None:
        """Send a few bytes ``every`` seconds from now on, in a thread of its own, until the connection ends."""

        def go_on() -> None:
            while not self.wait_for_end(every):
                self._say(bytes(_SMALL))

        threading.Thread(target=go_on, name="talking-connection", daemon=True).start()

    def say_last(self, data: bytes) -> None:
        """Send ``data`` and end this direction; what arrives from now on is for :meth:`rest`."""
        with self._news:
            self._arrived.clear()
        self._say(data)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def rest(self, within: float) -> bytes:
        """Return all that arrives until the connection ends. Raises Failed where it does not end in time."""
        wanted = "the rest of what was sent to come back, and the end"
        if not self.wait_for_end(within):
            raise Failed(wanted, f"{len(self._arrived)} bytes and no end within {within:g} s")
        if self.ended_by == "reset":
            raise Failed(wanted, f"{len(self._arrived)} bytes, then a reset")
        return bytes(self._arrived)

    def proven(self) -> None:
        """Note that the target itself served this connection."""
        self._talk.proven()

    def wait_for_end(self, timeout: float) -> bool:
        """Wait until the connection ended; tell whether it did."""
        with self._news:
            return self._news.wait_for(lambda: self.ended_at is not None, timeout)

    def abort(self) -> None:
        """Reset the connection (RST)."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._socket.shutdown(socket.SHUT_RD)
        self._reader.join(2)
        self._socket.close()

    def close(self) -> None:
        """End the connection from the client's side."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._reader.join(2)


class Stream:
    """A download that is read only when asked for: until then the target's bytes wait wherever there is room.

    Its end is not seen while nothing reads.
    """

    def __init__(self, way: Way, size: int, within: float) -> None:
        self._size = size
        self._seed = secrets.randbelow(1 << 31)
        self._talk = Talk(way, f"SEND {size} {self._seed}", within)
        self._socket = self._talk.socket
        try:
            self._talk.ask()
        except Failed:
            self._socket.close()
            raise

    @property
    def arrived(self) -> int:
        """How many bytes wait for their reader in this socket (FIONREAD in ioctl_list(2))."""
        count = array("i", [0])
        fcntl.ioctl(self._socket, termios.FIONREAD, count)
        return count[0]

    def proven(self) -> None:
        """Note that bytes of the target arrived, though nobody reads them."""
        self._talk.proven()

    def drain(self, within: float) -> None:
        """Read to the last byte, check every one, and close. Raises Failed."""
        with self._talk:
            _check_pattern(self._talk, self._seed, self._size, Deadline(within))
            self._talk.proven()

    def abort(self) -> None:
        """Reset the connection (RST)."""
        abort(self._socket)

    def close(self) -> None:
        """End the connection from the client's side."""
        self._socket.close()


def abort(connection: socket.socket) -> None:
    """Reset a connection (RST): SO_LINGER of 0 in socket(7)."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def abandon(way: Way, count: int, within: float) -> None:
    """Connect ``count`` times, ask for an echo, and reset at once. Raises Failed."""
    for _ in range(count):
        connection = dial(way.address, within)
        with suppress(OSError):
            connection.sendall(b"ECHO\n")
        abort(connection)


def echo_once(way: Way, size: int, within: float) -> None:
    """Open a connection, see ``size`` bytes echoed, close it. Raises Failed."""
    began = time.monotonic()
    held = Held(way, within)
    try:
        held.echo(size, within, spent=time.monotonic() - began)
    finally:
        held.close()


def round_trip(way: Way, size: int, within: float) -> None:
    """Send ``size`` pattern bytes and check every one that comes back at the same time. Raises Failed."""
    seed = secrets.randbelow(1 << 31)
    deadline = Deadline(within)
    with Talk(way, "ECHO", within) as talk:
        talk.socket.settimeout(within)
        talk.ask()
        sender = threading.Thread(target=_send_pattern, args=(talk.socket, seed, size), daemon=True)
        sender.start()
        _check_pattern(talk, seed, size, deadline)
        sender.join(within)
        talk.proven()


def download(way: Way, size: int, within: float, *, rate: int | None = None) -> None:
    """See ``size`` pattern bytes that the target sends before it closes. ``rate``: read at most that many B/s."""
    seed = secrets.randbelow(1 << 31)
    deadline = Deadline(within)
    with Talk(way, f"SEND {size} {seed}", within) as talk:
        talk.socket.settimeout(within)
        talk.ask()
        _check_pattern(talk, seed, size, deadline, rate=rate)
        try:
            deadline.bound(talk.socket)
            extra = talk.receive(1)
        except OSError as error:
            raise Failed("the end of the data after its last byte", in_words(error)) from error
        if extra:
            raise Failed(f"{size} bytes", "more bytes than the target sent")
        talk.proven()


def answer_after_end(way: Way, size: int, within: float) -> str:
    """See ``size`` bytes from a target that then ends its data, and send as many back afterwards. Raises Failed.

    Whether they arrived only the target can tell: the nonce of the connection is returned.
    """
    seed = secrets.randbelow(1 << 31)
    deadline = Deadline(within)
    with Talk(way, f"HALF {size} {seed}", within) as talk:
        talk.socket.settimeout(within)
        talk.ask()
        _check_pattern(talk, seed, size, deadline)
        try:
            deadline.bound(talk.socket)
            if talk.receive(1):
                raise Failed(f"{size} bytes", "more bytes than the target sent")
            for offset in range(0, size, _CHUNK):
                deadline.bound(talk.socket)
                talk.socket.sendall(pattern(seed, offset, min(_CHUNK, size - offset)))
            talk.socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Failed("a connection that accepts data after the target's end", in_words(error)) from error
        talk.proven()
        return talk.nonce


def upload(way: Way, size: int, within: float) -> None:
    """Send ``size`` bytes, half-close, and see the target's count and checksum come back. Raises Failed."""
    seed = secrets.randbelow(1 << 31)
    deadline = Deadline(within)
    with Talk(way, "SUM", within) as talk, _answered(size):
        talk.socket.settimeout(within)
        talk.ask()
        for chunk in _pieces(seed, size):
            deadline.bound(talk.socket)
            talk.socket.sendall(chunk)
        talk.socket.shutdown(socket.SHUT_WR)
        _see_checksum(talk, seed, size, deadline)


def upload_slowly(way: Way, size: int, within: float, *, rate: int) -> None:
    """Send ``size`` bytes to a target that reads none until its client is held up, and ``rate`` B/s from then on.

    It is told how many there are, and its count and checksum come back without a half-close. Its first word is waited
    for, so that the packets of the transfer do not end where the windows on the way do. Raises Failed.
    """
    seed, name = secrets.randbelow(1 << 31), secrets.randbelow(1 << 31)
    deadline = Deadline(within)
    with Talk(way, f"SLOW {rate} {size} {name}", within) as talk, _answered(size):
        talk.ask()
        _await_ready(talk, deadline)
        held_up = False
        for chunk in _pieces(seed, size):
            rest = memoryview(chunk)
            while rest:
                deadline.bound(talk.socket, at_most=None if held_up else _HELD_UP)
                try:
                    rest = rest[talk.socket.send(rest) :]
                except TimeoutError:
                    if held_up:
                        raise
                    held_up = True
                    _let_read(way, name, deadline)
        if not held_up:
            _let_read(way, name, deadline)
        _see_checksum(talk, seed, size, deadline)


@contextmanager
def _answered(size: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failed(f"a reply after the end of {size} bytes, with their checksum", in_words(error)) from error


def _pieces(seed: int, size: int) -> Iterator[bytes]:
    return (pattern(seed, offset, min(_CHUNK, size - offset)) for offset in range(0, size, _CHUNK))


def _see_checksum(talk: Talk, seed: int, size: int, deadline: Deadline) -> None:
    reply = b""
    deadline.bound(talk.socket)
    while part := talk.receive(4096):
        reply += part
        deadline.bound(talk.socket)
    digest = hashlib.sha256()
    for piece in _pieces(seed, size):
        digest.update(piece)
    if reply.decode("ascii", "replace").strip() != f"{size} {digest.hexdigest()}":
        received = reply.decode("ascii", "replace").partition(" ")[0].strip()
        raise Failed(
            f"a reply after the end of {size} bytes, with their checksum",
            f"{received} bytes received by the target, or a wrong checksum" if received else "no reply at all",
        )
    talk.proven()


def _let_read(way: Way, name: int, deadline: Deadline) -> None:
    with Talk(way, f"READ {name}", deadline.left) as talk:
        talk.ask()
        _await_ready(talk, deadline)
        talk.proven()


def _await_ready(talk: Talk, deadline: Deadline) -> None:
    said = b""
    while len(said) < len(READY):
        deadline.bound(talk.socket)
        part = talk.receive(len(READY) - len(said))
        said += part
        if not part or not READY.startswith(said):
            raise Failed("the target's first word, that it is ready", f"{said!r}" if said else "the end of its bytes")


def _send_pattern(connection: socket.socket, seed: int, size: int) -> None:
    with suppress(OSError):
        for offset in range(0, size, _CHUNK):
            connection.sendall(pattern(seed, offset, min(_CHUNK, size - offset)))


def _check_pattern(talk: Talk, seed: int, size: int, deadline: Deadline, *, rate: int | None = None) -> None:
    began = time.monotonic()
    offset = 0
    while offset < size:
        try:
            deadline.bound(talk.socket)
            data = talk.receive(min(_CHUNK, size - offset))
        except TimeoutError as error:
            raise Failed(
                f"{size} bytes within {deadline.within:g} s", f"{offset} bytes, then {in_words(error)}"
            ) from error
        except OSError as error:
            raise Failed(f"{size} bytes", f"{offset} bytes, then {in_words(error)}") from error
        if not data:
            raise Failed(f"{size} bytes", f"{offset} bytes, then the end")
        if data != pattern(seed, offset, len(data)):
            raise Failed("every byte as it was sent", f"a wrong byte between {offset} and {offset + len(data)}")
        offset += len(data)
        if rate is not None:
            ahead = offset / rate - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)
