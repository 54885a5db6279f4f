"""The order of the work."""

from __future__ import annotations

from harness.parallel.queue import spread


def order(*seconds: float) -> list[float]:
    """Return waits of so many seconds in the order in which they begin."""
    return spread(seconds, lambda wait: wait)


def test_the_longest_wait_begins_at_once() -> None:
    """Nobody waits for it at the end."""
    assert order(0, 0, 1, 3)[0] == 3


def test_work_is_done_while_others_wait() -> None:
    """A wait comes when the waits before it have had their share of the work."""
    assert order(0, 0, 0, 0, 1, 3) == [3, 0, 0, 0, 1, 0]


def test_nothing_is_lost() -> None:
    """Every item is there once."""
    items = [0, 5, 0, 2, 2, 0, 0.5]
    assert sorted(order(*items)) == sorted(items)


def test_work_alone_keeps_its_order() -> None:
    """What does not wait is not moved."""
    assert spread(["b", "a"], lambda _: 0) == ["b", "a"]
