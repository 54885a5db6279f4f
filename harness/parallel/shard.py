"""The part of a run that one machine of several does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from harness.errors import UsageError

Item = TypeVar("Item")

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")
_OVERHEAD = 1.5
"""Seconds that a scenario takes beside the waits that it asks for, where no earlier run says better."""


@dataclass(frozen=True)
class Shard:
    """The shard ``number`` of so many, from 1 on."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the shard that is written ``K/N``. Raises UsageError."""
        match = _SHARD.fullmatch(text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(f"--shard takes a number and how many there are, such as 1/4 to 4/4; not {text!r}")
        return cls(int(match[1]), int(match[2]))

    def of_these(
        self, items: Sequence[Item], name: Callable[[Item], str], seconds: Callable[[Item], float]
    ) -> list[Item]:
        """Return the items of this shard, in their order.

        The longest come first, each into the shard that has least to do so far. Each has a ``name`` of its own, and
        the names decide between equals, so the division is the same in whatever order the items come.
        """
        loads = [0.0] * self.of
        mine: set[str] = set()
        for item in sorted(items, key=lambda one: (-seconds(one), name(one))):
            least = loads.index(min(loads))
            loads[least] += seconds(item)
            if least == self.number - 1:
                mine.add(name(item))
        return [item for item in items if name(item) in mine]


def expected(waits: float, before: Mapping[str, float], scenario: str) -> float:
    """Return the seconds that a scenario took ``before``, else what it ``waits`` for and some overhead."""
    return before.get(scenario, waits + _OVERHEAD)
