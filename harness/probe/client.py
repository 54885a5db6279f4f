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
from contextlib import suppress
from typing import Literal

from harness.errors import Failed
from harness.probe.target import pattern
from harness.world.fabric import Address

_CHUNK = 256 * 1024


def dial(address: Address, within: float) -> socket.socket:
    """Connect to the tunnel's local end. Raises Failed when it does not accept within ``within`` seconds."""
    try:
        return socket.create_connection(address, timeout=within)
    except (OSError, UnicodeError) as error:
        raise Failed(f"the tunnel to accept a connection at {address.host}:{address.port}", _in_words(error)) from error


def ask(connection: socket.socket, line: bytes) -> None:
    """Send the first line, which says what the target does. Raises Failed where the connection has ended already."""
    try:
        connection.sendall(line)
    except OSError as error:
        raise Failed("a connection that takes data", _in_words(error)) from error


def _in_words(error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


class Held:
    """One connection in the target's echo mode that stays open and notes when and how it ended."""

    def __init__(self, address: Address, within: float) -> None:
        self._socket = dial(address, within)
        self._socket.settimeout(None)
        self._arrived = bytearray()
        self._news = threading.Condition()
        self.ended_at: float | None = None
        self.ended_by: Literal["eof", "reset"] | None = None
        self._reader = threading.Thread(target=self._read, name="held-connection", daemon=True)
        self._reader.start()
        self._say(b"ECHO\n")

    def _say(self, data: bytes) -> None:
        """Send ``data``; that the connection has ended is what the reader sees, and what an echo then tells."""
        with suppress(OSError):
            self._socket.sendall(data)

    def _read(self) -> None:
        ending: Literal["eof", "reset"] = "eof"
        try:
            while data := self._socket.recv(65536):
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

    def __init__(self, address: Address, size: int, within: float) -> None:
        self._size = size
        self._seed = secrets.randbelow(1 << 31)
        self._socket = dial(address, within)
        try:
            ask(self._socket, b"SEND %d %d\n" % (size, self._seed))
        except Failed:
            self._socket.close()
            raise

    @property
    def arrived(self) -> int:
        """How many bytes wait for their reader in this socket (FIONREAD in ioctl_list(2))."""
        count = array("i", [0])
        fcntl.ioctl(self._socket, termios.FIONREAD, count)
        return count[0]

    def drain(self, within: float) -> None:
        """Read to the last byte, check every one, and close. Raises Failed."""
        with self._socket:
            _check_pattern(self._socket, self._seed, self._size, _Deadline(within))

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


def abandon(address: Address, count: int, within: float) -> None:
    """Connect ``count`` times, ask for an echo, and reset at once. Raises Failed."""
    for _ in range(count):
        connection = dial(address, within)
        with suppress(OSError):
            connection.sendall(b"ECHO\n")
        abort(connection)


def echo_once(address: Address, size: int, within: float) -> None:
    """Open a connection, see ``size`` bytes echoed, close it. Raises Failed."""
    began = time.monotonic()
    held = Held(address, within)
    try:
        held.echo(size, within, spent=time.monotonic() - began)
    finally:
        held.close()


def round_trip(address: Address, size: int, within: float) -> None:
    """Send ``size`` pattern bytes and check every one that comes back at the same time. Raises Failed."""
    seed = secrets.randbelow(1 << 31)
    deadline = _Deadline(within)
    with dial(address, within) as connection:
        connection.settimeout(within)
        ask(connection, b"ECHO\n")
        sender = threading.Thread(target=_send_pattern, args=(connection, seed, size), daemon=True)
        sender.start()
        _check_pattern(connection, seed, size, deadline)
        sender.join(within)


def download(address: Address, size: int, within: float, *, rate: int | None = None) -> None:
    """See ``size`` pattern bytes that the target sends before it closes. ``rate``: read at most that many B/s."""
    seed = secrets.randbelow(1 << 31)
    deadline = _Deadline(within)
    with dial(address, within) as connection:
        connection.settimeout(within)
        ask(connection, b"SEND %d %d\n" % (size, seed))
        _check_pattern(connection, seed, size, deadline, rate=rate)
        try:
            deadline.bound(connection)
            extra = connection.recv(1)
        except OSError as error:
            raise Failed("the end of the data after its last byte", _in_words(error)) from error
        if extra:
            raise Failed(f"{size} bytes", "more bytes than the target sent")


def answer_after_end(address: Address, size: int, within: float) -> None:
    """See ``size`` bytes from a target that then ends its data, and send as many back afterwards. Raises Failed.

    Whether they arrived only the target can tell.
    """
    seed = secrets.randbelow(1 << 31)
    deadline = _Deadline(within)
    with dial(address, within) as connection:
        connection.settimeout(within)
        ask(connection, b"HALF %d %d\n" % (size, seed))
        _check_pattern(connection, seed, size, deadline)
        try:
            deadline.bound(connection)
            if connection.recv(1):
                raise Failed(f"{size} bytes", "more bytes than the target sent")
            for offset in range(0, size, _CHUNK):
                deadline.bound(connection)
                connection.sendall(pattern(seed, offset, min(_CHUNK, size - offset)))
            connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise Failed("a connection that takes data after the target's end", _in_words(error)) from error


def upload(address: Address, size: int, within: float, *, rate: int | None = None) -> None:
    """Send ``size`` bytes, half-close, and see the target's count and checksum come back. Raises Failed.

    ``rate``: the target reads at most that many bytes a second.
    """
    seed = secrets.randbelow(1 << 31)
    deadline = _Deadline(within)
    with dial(address, within) as connection:
        connection.settimeout(within)
        ask(connection, b"SUM\n" if rate is None else b"SLOW %d\n" % rate)
        digest = hashlib.sha256()
        try:
            for offset in range(0, size, _CHUNK):
                chunk = pattern(seed, offset, min(_CHUNK, size - offset))
                digest.update(chunk)
                deadline.bound(connection)
                connection.sendall(chunk)
            connection.shutdown(socket.SHUT_WR)
            reply = b""
            deadline.bound(connection)
            while part := connection.recv(4096):
                reply += part
                deadline.bound(connection)
        except OSError as error:
            raise Failed(f"a reply after the end of {size} bytes", _in_words(error)) from error
    expected = f"{size} {digest.hexdigest()}"
    if reply.decode("ascii", "replace").strip() != expected:
        got = reply.decode("ascii", "replace").split()
        count = got[0] if got else "no reply at all"
        raise Failed(
            f"the target's reply after the end of {size} bytes, with their checksum",
            f"{count} bytes received by the target, or a wrong checksum" if got else count,
        )


def _send_pattern(connection: socket.socket, seed: int, size: int) -> None:
    with suppress(OSError):
        for offset in range(0, size, _CHUNK):
            connection.sendall(pattern(seed, offset, min(_CHUNK, size - offset)))


class _Deadline:
    """The end of ``within`` seconds from now, for all that is done on a connection until then."""

    def __init__(self, within: float) -> None:
        self.within = within
        self._at = time.monotonic() + within

    def bound(self, connection: socket.socket) -> None:
        """Give the next call on ``connection`` what is left of the time. Raises TimeoutError when nothing is."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)


def _check_pattern(
    connection: socket.socket, seed: int, size: int, deadline: _Deadline, *, rate: int | None = None
) -> None:
    began = time.monotonic()
    offset = 0
    while offset < size:
        try:
            deadline.bound(connection)
            data = connection.recv(min(_CHUNK, size - offset))
        except TimeoutError as error:
            raise Failed(
                f"{size} bytes within {deadline.within:g} s", f"{offset} bytes, then {_in_words(error)}"
            ) from error
        except OSError as error:
            raise Failed(f"{size} bytes", f"{offset} bytes, then {_in_words(error)}") from error
        if not data:
            raise Failed(f"{size} bytes", f"{offset} bytes, then the end")
        if data != pattern(seed, offset, len(data)):
            raise Failed("every byte as it was sent", f"a wrong byte between {offset} and {offset + len(data)}")
        offset += len(data)
        if rate is not None:
            ahead = offset / rate - (time.monotonic() - began)
            if ahead > 0:
                time.sleep(ahead)
