"""What must come of asking for a tunnel: success, or an error that says what it should."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from harness.adapter.protocol import ErrorCode, ErrorDetail
from harness.errors import Failed
from harness.scenario.language.verb import Verb
from harness.units import Duration

Codes = ErrorCode | tuple[ErrorCode, ...]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


class ExpectedOutcome(Verb):
    """What should come of asking: success, or with ``error`` a failure with this code (one of several).

    ``refused`` alone stands for ``error: any``: it fails, with whatever code. ``hop``: the bastion, counted from 0, at
    which it fails. ``says``: a regular expression that the message must contain, in any case. ``may_fail``: it
    succeeds, or fails with this code and ``says``.
    """

    error: Codes | Literal["any"] | None = None
    may_fail: Codes | None = None
    hop: int | None = None
    says: Annotated[str, AfterValidator(_pattern)] | None = None
    within: Duration = 20.0

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if self.error is not None and self.may_fail is not None:
            raise ValueError("say error if it must fail, or may_fail if it may fail, not both")
        if self.error is None and self.may_fail is None and not (self.hop is None and self.says is None):
            raise ValueError("hop and says are about a failure; say error or may_fail too")
        return self

    @classmethod
    def read(cls, argument: Any, tunnel: dict[str, Any]) -> Verb:  # noqa: ANN401 -- raw YAML
        """Make the step, from ``refused`` too."""
        return super().read(spelled_out(argument), tunnel)

    def features(self) -> frozenset[str]:
        """Return the features whose claims it reads: ``error: any`` reads none."""
        codes = {"errors.code"} if _listed(self.error) or self.may_fail is not None else set()
        hops = {"errors.hop"} if self.hop is not None else set()
        return frozenset(codes | hops)

    def _judge(self, refused: ErrorDetail | None) -> None:
        """Compare with what came. Raises Failed."""
        wanted = _listed(self.error)
        if refused is None:
            if self.error is not None:
                expected = f"the error {' or '.join(wanted)}" if wanted else f"{self.verb} to be refused"
                raise Failed(expected, f"{self.verb} reported success")
            return
        said = f"{refused.code} ({refused.message})"
        allowed = wanted or _listed(self.may_fail)
        if self.error is None and not allowed:
            raise Failed(f"{self.verb} to succeed", said)
        if allowed and refused.code not in allowed:
            raise Failed(f"the error {' or '.join(allowed)}", said)
        if self.hop is not None and refused.hop != self.hop:
            where = "without a hop" if refused.hop is None else f"at hop {refused.hop}"
            raise Failed(f"the error at hop {self.hop}", f"{said} {where}")
        if self.says and not re.search(self.says, refused.message, re.IGNORECASE):
            raise Failed(f"a message that says {self.says!r}", said)


def spelled_out(argument: Any) -> Any:  # noqa: ANN401 -- raw YAML
    """Return ``open: refused`` as the arguments that it stands for."""
    return {"error": "any"} if argument == "refused" else argument


def _listed(codes: Codes | Literal["any"] | None) -> tuple[ErrorCode, ...]:
    """Return the codes that are named: none for ``any``."""
    if codes is None or codes == "any":
        return ()
    return (codes,) if isinstance(codes, str) else codes
