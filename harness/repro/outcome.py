"""What was seen of a tunnel that was played a report: all of it from outside, but for what it says of itself."""

from __future__ import annotations

from typing import Literal

from harness.adapter.protocol import ErrorCode, State
from harness.model import Record

Request = Literal["answered", "ended", "hanging", "never"]
"""What became of the user's question; ``never``: no tunnel was open, so that nothing could be asked."""
Try = Literal["works", "refused", "closed", "hanging", "elsewhere"]
"""What became of a new connection; ``elsewhere``: it was served, and not by this tunnel's target."""


class LoginTimes(Record):
    """How the tunnels logged in, which ``took`` so many seconds as played.

    ``failed`` of ``tunnels`` did not open; ``error`` and ``message`` are what the first of them was told. ``asked`` are
    the prompts that the user had to answer. ``told``: whether the user was shown what the server said, None where it
    said nothing.
    """

    took: float
    tunnels: int = 1
    failed: int = 0
    error: ErrorCode | None = None
    message: str = ""
    asked: tuple[str, ...] = ()
    told: bool | None = None


class Outcome(Record):
    """What became of one break. Times are seconds as played, from ``began``: then the tunnel was last seen to work.

    ``began`` itself is counted from the beginning of the timeline. ``request`` is what became of what the user asked,
    ``asked_at``, on the connection that was open all the time. ``broke_at`` is when the network or the server broke it,
    ``awake_at`` when a client that slept went on, ``back_at`` when the way was free again (None where it never was).
    ``dropped_at`` is when the open connection ended, or when the user asked and nobody answered. ``noticed_at`` is when
    the implementation first let anyone know, ``noticed_by`` how; ``said`` and ``error`` are the last state and error
    code that it told. ``works_at`` is when a new connection through the same local port worked again, ``tries`` what
    became of each that was made. ``answers_status`` is false where ``status`` got no answer in 2 s. Of several tunnels
    it is the one that fared worst, ``tunnel``, and ``dropped`` of them lost their connection. ``asked`` are the prompts
    that the user had to answer. ``logged_in_again``: a server has another login on record.
    """

    request: Request
    began: float = 0.0
    asked_at: float = 0.0
    broke_at: float | None = None
    awake_at: float | None = None
    back_at: float | None = None
    dropped_at: float | None = None
    noticed_at: float | None = None
    noticed_by: Literal["state", "connection"] | None = None
    said: State | None = None
    error: ErrorCode | None = None
    works_at: float | None = None
    tries: tuple[Try, ...] = ()
    answers_status: bool = True
    tunnel: str = "main"
    dropped: int = 0
    asked: tuple[str, ...] = ()
    logged_in_again: bool = False

    @property
    def drops(self) -> bool:
        """Whether the user lost the connection that was open."""
        return self.request in {"ended", "hanging"}

    @property
    def noticed(self) -> bool:
        """Whether the implementation let anyone know, before the way was free again or after."""
        return self.noticed_at is not None

    @property
    def recovers(self) -> bool | None:
        """Whether a new connection worked in the end; None where the way was never free."""
        return None if self.back_at is None else self.works_at is not None
