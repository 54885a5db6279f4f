"""What must come of asking for a tunnel: success, or an error that says what it should."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from harness.adapter.protocol import ErrorCode, ErrorDetail
from harness.errors import Failed
from harness.scenario.verb import Verb
from harness.units import Duration

Codes = ErrorCode | tuple[ErrorCode, ...]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


class Outcome(Verb):
    """What should come of asking: success, or with ``error`` a failure with this code (any of several).

    ``hop``: the bastion, counted from 0, at which. ``says``: a regular expression that the message must contain, in
    any case. ``may_fail``: it succeeds, or fails with this code and ``says``.
    """

    error: Codes | None = None
    may_fail: Codes | None = None
    hop: int | None = None
    says: Annotated[str, AfterValidator(_pattern)] | None = None
    within: Duration = 20.0

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if self.error is not None and self.may_fail is not None:
            raise ValueError("say error where it must fail, or may_fail where it may; not both")
        if self.error is None and self.may_fail is None and not (self.hop is None and self.says is None):
            raise ValueError("hop and says are about a failure; say error or may_fail too")
        return self

    def _judge(self, refused: ErrorDetail | None) -> None:
        """Compare with what came. Raises Failed."""
        wanted = _listed(self.error)
        if refused is None:
            if wanted:
                raise Failed(f"the error {' or '.join(wanted)}", f"{self.verb} reported success")
            return
        said = f"{refused.code} ({refused.message})"
        allowed = wanted or _listed(self.may_fail)
        if not allowed:
            raise Failed(f"{self.verb} to succeed", said)
        if refused.code not in allowed:
            raise Failed(f"the error {' or '.join(allowed)}", said)
        if self.hop is not None and refused.hop != self.hop:
            raise Failed(f"the error at hop {self.hop}", f"{said} at hop {refused.hop}")
        if self.says and not re.search(self.says, refused.message, re.IGNORECASE):
            raise Failed(f"a message that says {self.says!r}", said)


def _listed(codes: Codes | None) -> tuple[ErrorCode, ...]:
    return () if codes is None else (codes,) if isinstance(codes, str) else codes
