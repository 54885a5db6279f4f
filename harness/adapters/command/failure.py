"""How a request ends when it is not done."""

from __future__ import annotations

from harness.adapter.protocol import ErrorCode, ErrorDetail


class Failure(Exception):
    """The request failed, for the reason given."""

    def __init__(self, detail: ErrorDetail) -> None:
        super().__init__(detail.message)
        self.detail = detail


class NotSupported(Exception):
    """The client does not do ``feature``."""

    def __init__(self, feature: str) -> None:
        super().__init__(feature)
        self.feature = feature


def failed(code: ErrorCode, message: str, hop: int | None = None) -> Failure:
    """Return the failure for a code and a message that a user can act on."""
    return Failure(ErrorDetail(code=code, message=message, hop=hop))
