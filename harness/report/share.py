"""How much of each scope a run judged, and what may be said of the implementation because of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.errors import InvalidScenario
from harness.model import Model
from harness.scenario.language.scopes import listed
from harness.scenario.shipped import shipped_scopes
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

_JUDGED = (Verdict.PASS, Verdict.FAIL)


class Share(Model):
    """Of ``scenarios`` that tunspec has in a scope, so many were ``judged`` (pass or fail), and so many ``failed``."""

    scope: str
    scenarios: int
    judged: int
    failed: int

    @property
    def whole(self) -> bool:
        """Whether everything in the scope was judged, and nothing failed."""
        return self.judged == self.scenarios and not self.failed


def shares(results: Iterable[Result], scopes: Iterable[str]) -> tuple[Share, ...]:
    """Return the share of each scope; scenarios that do not come with tunspec are not counted.

    There are none where a scenario file of tunspec itself is invalid: nothing whole can be judged then.
    """
    try:
        shipped = shipped_scopes()
    except InvalidScenario:
        return ()
    judged = [one for one in results if one.scenario in shipped and one.verdict in _JUDGED]
    return tuple(
        Share(
            scope=scope,
            scenarios=sum(one == scope for one in shipped.values()),
            judged=sum(one.scope == scope for one in judged),
            failed=sum(one.scope == scope and one.verdict is Verdict.FAIL for one in judged),
        )
        for scope in scopes
    )


def conformance(found: Sequence[Share]) -> str:
    """Return what a run without a failure proves: conformance to whole scopes only."""
    return "; ".join(_proved(found)) or "nothing failed"


def _proved(found: Sequence[Share]) -> Iterator[str]:
    if whole := [one.scope for one in found if one.whole]:
        yield f"conforms to {listed(whole)}"
    if parts := [f"{one.judged} of {one.scenarios} in {one.scope}" for one in found if one.judged and not one.whole]:
        yield f"nothing failed among {listed(parts)}"


def nonconformance(found: Sequence[Share]) -> str:
    """Return what failed of what was judged, by scope."""
    parts = [f"{one.failed} of {one.judged} judged in {one.scope}" for one in found if one.failed]
    return f"does not conform: {listed(parts)} failed" if parts else "does not conform"
