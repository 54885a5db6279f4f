"""How scenarios are divided among machines."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.parallel.shard import Shard, expected

SECONDS = {f"area/scenario_{number}": float(number % 17) for number in range(300)}


def divide(names: list[str], of: int) -> list[list[str]]:
    """Return the names of each shard."""
    return [Shard(number, of).of_these(names, str, SECONDS.__getitem__) for number in range(1, of + 1)]


def test_every_scenario_is_in_one_shard() -> None:
    """None is lost, none is there twice."""
    assert sorted(name for shard in divide(list(SECONDS), 7) for name in shard) == sorted(SECONDS)


def test_shards_take_as_long_as_each_other() -> None:
    """To within the longest scenario."""
    loads = [sum(map(SECONDS.__getitem__, shard)) for shard in divide(list(SECONDS), 7)]
    assert max(loads) - min(loads) <= max(SECONDS.values())


def test_the_division_does_not_depend_on_the_order() -> None:
    """Each machine may collect in an order of its own."""
    shuffled = sorted(SECONDS, reverse=True)
    assert [set(shard) for shard in divide(shuffled, 5)] == [set(shard) for shard in divide(list(SECONDS), 5)]


def test_a_scenario_is_expected_to_take_what_it_took() -> None:
    """Else what it waits for, and a little more."""
    assert expected(3.0, {"data/echo": 7.0}, "data/echo") == 7.0
    assert expected(3.0, {}, "data/echo") > 3.0


@pytest.mark.parametrize("text", ["0/4", "5/4", "2", "a/b", "1/0", "-1/4", ""])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """With an example."""
    with pytest.raises(UsageError, match="such as 1/4 to 4/4"):
        Shard.parse(text)
