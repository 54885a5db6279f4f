"""How a request to an adapter can end, other than done, unsupported, or with a broken adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import TunspecError

if TYPE_CHECKING:
    from harness.adapter.protocol import ErrorDetail


class Refused(TunspecError):
    """The implementation says that it failed, and why; a claim to be judged, not a fault of the suite."""

    def __init__(self, detail: ErrorDetail) -> None:
        hop = "" if detail.hop is None else f" at hop {detail.hop}"
        super().__init__(f"{detail.code}{hop}: {detail.message}")
        self.detail = detail


class NoAnswer(TunspecError):
    """The adapter lives but has not answered in time; what this means is for the caller to say."""
