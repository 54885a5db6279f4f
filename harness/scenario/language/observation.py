"""What an observation is: one kind of thing that ``expect:`` can look at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from harness.faults.needs import Need, NeedsOfClient
from harness.model import Model
from harness.units import Duration, Window

if TYPE_CHECKING:
    from harness.scenario.language.rehearsal import Rehearsal
    from harness.scenario.stage.stage import Stage


@dataclass(frozen=True)
class Reading:
    """What was seen: whether it is as expected, in words, and since when it is, or is not, where that is known."""

    met: bool
    seen: str
    at: float | None = None


class Observation(Model):
    """One kind of expectation. ``key`` is the field that names it in ``expect:``."""

    key: ClassVar[str]
    only_in_full_logs: ClassVar[bool] = False
    """Whether it looks at what only the usual servers have in their logs."""
    is_evidence: ClassVar[bool] = False
    """Whether it looks at what the world does to the implementation: where it is not so, nothing is proved."""

    within: Window = Window(0.0, 2.0)
    throughout: Duration | None = None

    @model_validator(mode="after")
    def _one_span_of_time(self) -> Self:
        if self.throughout is None:
            return self
        if "within" in self.model_fields_set:
            raise ValueError("say within (until when it must be true) or throughout (for how long), not both")
        if not self.throughout:
            raise ValueError("throughout must be longer than zero; write a duration, such as 500ms")
        return self

    @abstractmethod
    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Return what looks at the world now; what is compared with the present is noted here."""

    @abstractmethod
    def expected(self) -> str:
        """Return the expectation in words, such as ``the open connections to be closed``."""

    def nodes(self) -> tuple[str, ...]:
        """Return the nodes that it names."""
        return ()

    def servers(self) -> tuple[str, ...]:
        """Return the bastions that it names."""
        return ()

    def links(self) -> tuple[str, ...]:
        """Return the links that it names."""
        return ()

    def rehearse(self, so_far: Rehearsal) -> None:
        """Raise UsageError where it looks at what no step before it makes."""

    def needs(self) -> frozenset[Need]:
        """Return what the fabric and the client's machine must be able to do, in the words of Fabric.missing."""
        return frozenset()

    def features(self) -> frozenset[str]:
        """Return the features that the adapter must support: those whose claims are read."""
        return frozenset()


class OfProcesses(Observation):
    """An observation of the implementation's processes."""

    def needs(self) -> frozenset[Need]:
        """Return that the implementation's processes can be looked at."""
        return frozenset({NeedsOfClient("processes")})
