"""One connection to the probe target through a tunnel, and the proof that it is the target of this scenario.

``harness/probe/target.py`` says how the target proves itself.
"""

from __future__ import annotations

import secrets
import socket
import time
from dataclasses import dataclass, field, replace
from hmac import compare_digest
from typing import Self

from harness.address import Address
from harness.errors import Failed
from harness.probe.setup import TargetSetup
from harness.probe.target import GREETING, Mask, seal

_NONCE = 12


@dataclass(frozen=True)
class Way:
    """A local end that should lead to the target, which serves by ``setup``.

    ``answered`` collects the nonces of the connections on which it did.
    """

    address: Address
    setup: TargetSetup = field(default_factory=TargetSetup)
    answered: list[str] = field(default_factory=list)

    def to(self, address: Address) -> Way:
        """Return what leads to the same target from another local end."""
        return replace(self, address=address)


class Talk:
    """One connection to the target, begun with a first line; whatever comes back must prove itself by its ``nonce``.

    Raises Failed where the tunnel does not accept it within ``within`` seconds, or the target does not greet by then
    though it should.
    """

    def __init__(self, way: Way, behaviour: str, within: float) -> None:
        self._way = way
        self.nonce = secrets.token_hex(_NONCE)
        self._came = 0
        self._mask: Mask | None = None
        self._line = behaviour.encode() + (b" @%b\n" % self.nonce.encode() if way.setup.key else b"\n")
        self.socket = dial(way.address, within)
        greeting = b""
        if way.setup.greets:
            try:
                greeting = self._greeting(Deadline(within))
            except BaseException:
                self.socket.close()
                raise
        if way.setup.key:
            self._mask = Mask(way.setup.key, greeting + self._line)

    def __enter__(self) -> Self:
        """Begin a block at whose end the connection is closed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.socket.close()

    def ask(self) -> None:
        """Send the first line, which says what the target does. Raises Failed where the connection has ended."""
        try:
            self.socket.sendall(self._line)
        except OSError as error:
            raise Failed("a connection that accepts data", in_words(error)) from error

    def receive(self, limit: int) -> bytes:
        """Return up to ``limit`` bytes as the target meant them, none at the end. Raises OSError."""
        data = self.socket.recv(limit)
        came, self._came = self._came, self._came + len(data)
        return self._mask.over(data, came) if self._mask else data

    def proven(self) -> None:
        """Note that the target itself served this connection, as far as its client can tell."""
        if self._way.setup.key and self.nonce not in self._way.answered:
            self._way.answered.append(self.nonce)

    def _greeting(self, deadline: Deadline) -> bytes:
        wanted = f"a greeting of the target before its client speaks, within {deadline.within:g} s"
        heard = b""
        try:
            while len(heard) < GREETING:
                deadline.bound(self.socket)
                data = self.socket.recv(GREETING - len(heard))
                if not data:
                    raise Failed(wanted, f"{len(heard)} of its {GREETING} bytes, then the end")
                heard += data
        except OSError as error:
            raise Failed(wanted, f"{len(heard)} of its {GREETING} bytes, then {in_words(error)}") from error
        nonce, proof = heard[: GREETING // 2], heard[GREETING // 2 :]
        if not compare_digest(seal(self._way.setup.key, nonce)[: GREETING // 2], proof):
            raise Failed(wanted, "one that is not of the target")
        return heard


def dial(address: Address, within: float) -> socket.socket:
    """Connect to the tunnel's local end. Raises Failed when it does not accept within ``within`` seconds."""
    try:
        return socket.create_connection(address, timeout=within)
    except (OSError, UnicodeError) as error:
        raise Failed(f"the tunnel to accept a connection at {address.host}:{address.port}", in_words(error)) from error


def in_words(error: OSError | UnicodeError) -> str:
    """Return what went wrong, for a sentence about what was observed."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


class Deadline:
    """The end of ``within`` seconds from now, for all that is done on a connection until then."""

    def __init__(self, within: float) -> None:
        self.within = within
        self._at = time.monotonic() + within

    @property
    def left(self) -> float:
        """How many seconds are left. Raises TimeoutError when none are."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def bound(self, connection: socket.socket, *, at_most: float | None = None) -> None:
        """Give the next call on ``connection`` the time that is left, ``at_most`` so many seconds of it.

        Raises TimeoutError when there is none.
        """
        connection.settimeout(self.left if at_most is None else min(self.left, at_most))
