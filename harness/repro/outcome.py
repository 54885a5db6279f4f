"""What was seen of a tunnel that was played a report: all of it from outside, but for what it says of itself."""

from __future__ import annotations

from typing import Literal

from harness.adapter.protocol import ErrorCode, State
from harness.model import Model

Request = Literal["answered", "ended", "hanging"]
Try = Literal["works", "refused", "closed", "hanging", "elsewhere"]
"""What became of a new connection; ``elsewhere``: it was served, and not by this tunnel's target."""


class Outcome(Model):
    """Times are seconds as played, counted from when the tunnel was last seen to work.

    ``request`` is what became of what the user asked, ``asked_at``, on the connection that was open all the time.
    ``broke_at`` is when the network or the server broke it, ``awake_at`` when a client that slept went on, ``back_at``
    when the way was free again (None where it never was). ``dropped_at`` is when the open connection ended, or when
    the user asked and nobody answered. ``noticed_at`` is when the implementation first let anyone know, ``noticed_by``
    how; ``said`` and ``error`` are the last state and error code that it told. ``works_at`` is when a new connection
    through the same local port worked again, ``tries`` what became of each that was made. ``answers_status`` is false
    where ``status`` got no answer in 2 s.
    """

    request: Request
    asked_at: float
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

    @property
    def drops(self) -> bool:
        """Whether the user lost the connection that was open."""
        return self.request != "answered"

    @property
    def noticed(self) -> bool:
        """Whether the implementation let anyone know, before the way was free again or after."""
        return self.noticed_at is not None
