"""What a verb is: a small frozen model with one action."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from harness.faults.needs import Need
from harness.model import Model

if TYPE_CHECKING:
    from harness.scenario.language.rehearsal import Rehearsal
    from harness.scenario.stage.offline import OfflineStage
    from harness.scenario.stage.stage import Stage

Nature = Literal["acts", "breaks", "heals", "probes", "looks", "waits"]
"""What a verb does to the scenario's clock and verdict.

``acts``, ``waits``, ``breaks`` and ``heals`` start the clock that windows are measured on. ``probes`` and ``looks``
do not; but ``waits`` and ``breaks`` that follow a ``probes`` step leave the tunnel idle since that began.
A ``probes`` step before the first ``breaks`` step is a barrier: it shows that the tunnel works at all. Where it fails,
the tunnel breaks the requirement that the step ``shows`` to be met, and not those of the scenario.
"""


class Verb(Model):
    """One step. ``verb`` is its name in scenario files, ``shorthand`` the field that a bare argument fills."""

    verb: ClassVar[str]
    nature: ClassVar[Nature]
    shorthand: ClassVar[str | None] = None

    @property
    def action(self) -> str:
        """What it does, in the words of the scenario language."""
        return self.verb

    @abstractmethod
    def run(self, stage: Stage) -> None:
        """Do it. Raises Failed where the implementation did wrong, and what harness.errors names otherwise."""

    def shows(self) -> str:
        """Return the basic requirement that a tunnel meets where a step that probes succeeds."""
        return "TUN-1"

    def needs(self) -> frozenset[Need]:
        """Return what the fabric must be able to do, in the words of Fabric.missing."""
        return frozenset()

    def takes(self) -> float:
        """Return how long it takes at least, in seconds, because it asks for time to pass."""
        return 0.0

    def nodes(self) -> tuple[str, ...]:
        """Return the nodes that it names; the loader checks that the topology has them."""
        return ()

    def servers(self) -> tuple[str, ...]:
        """Return the bastions that it names; the loader checks that the topology has them."""
        return ()

    def links(self) -> tuple[str, ...]:
        """Return the links that it names; the loader checks that the topology has them."""
        return ()

    def rehearse(self, so_far: Rehearsal) -> None:
        """Note what it leaves for later steps. Raises UsageError where it uses what no step before it makes."""

    def only_in_full_logs(self) -> bool:
        """Tell whether it looks at what only the usual servers have in their logs, and no other ``server``."""
        return False

    def features(self) -> frozenset[str]:
        """Return the features that the adapter must support."""
        return frozenset()

    @classmethod
    def read(cls, argument: Any, tunnel: dict[str, Any]) -> Verb:  # noqa: ANN401, ARG003 -- raw YAML, for some
        """Make the step from what stands behind its name in the file, and the file's ``tunnel``.

        Raises pydantic.ValidationError.
        """
        if argument is None:
            return cls()
        if not isinstance(argument, dict) and cls.shorthand:
            argument = {cls.shorthand: argument}
        return cls.model_validate(argument)


class OfflineVerb(Verb):
    """A verb that asks the adapter only, and so may stand in a scenario without a topology."""

    @abstractmethod
    def run(self, stage: OfflineStage) -> None:
        """Do it, in a world or without one."""


def overlaid(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on it: mappings are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        held = result.get(key)
        result[key] = overlaid(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return result
