"""How slow a server is. By itself, because a bastion's own process reads it and loads nothing else of the harness."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Delays:
    """Seconds for which a server is silent before it goes on.

    ``version``: before its identification string (RFC 4253, section 4.2); ``kex``: before it answers the client's
    KEXINIT; ``auth``: before it says what came of a credential, and before it lets in a user who needs none.
    """

    version: float = 0
    kex: float = 0
    auth: float = 0
