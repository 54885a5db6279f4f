"""Everything that can end or refuse a tunnel: one exception, with a code for programs and a message for people."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "bad-profile",
    "dns-failed",
    "connection-refused",
    "timeout",
    "handshake-failed",
    "connection-lost",
    "host-key-unknown",
    "host-key-changed",
    "auth-failed",
    "totp-rejected",
    "key-not-found",
    "key-unreadable",
    "key-unsupported",
    "wrong-passphrase",
    "agent-unavailable",
    "agent-no-match",
    "jump-failed",
    "forward-refused",
    "forward-prohibited",
    "target-unresolved",
    "port-in-use",
    "bad-url",
    "unsupported-scheme",
    "cancelled",
    "internal",
]

PARAMIKO_LOG = "tunnel_impl.paramiko"
"""The logger that paramiko's own messages go to; what matters of them is in a TunnelError."""

_PASSING: frozenset[Code] = frozenset(
    {"dns-failed", "connection-refused", "timeout", "handshake-failed", "connection-lost", "jump-failed"}
)


class TunnelError(Exception):
    """Why a tunnel cannot do what it was asked.

    ``message`` tells the user what to do next. ``hop`` counts SSH servers from 0, the first one reached;
    None where no server is to blame. ``lasting`` says that time alone changes nothing, whatever the code.
    """

    def __init__(self, code: Code, message: str, hop: int | None = None, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.hop = hop
        self._lasting = lasting

    @property
    def passing(self) -> bool:
        """Whether trying again later can help; authentication, keys and profiles need a person."""
        return self.code in _PASSING and not self._lasting

    def at(self, hop: int) -> TunnelError:
        """Return this error with its hop filled in, where it had none."""
        return self if self.hop is not None else TunnelError(self.code, self.message, hop, lasting=self._lasting)
