from __future__ import annotations

import pytest

from harness.units import Window, parse_duration, parse_size


@pytest.mark.parametrize(("text", "seconds"), [("250ms", 0.25), ("1.5s", 1.5), ("2min", 120.0), ("1h", 3600.0)])
def test_duration_is_read_as_seconds(text: str, seconds: float) -> None:
    """Each unit of time has its factor."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["3", "3 s", "s", "-1s", "3sec", 3, None, "3s..4s"])
def test_duration_without_a_unit_is_refused(text: object) -> None:
    """A number alone could mean anything."""
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "size"), [("0B", 0), ("1KiB", 1024), ("64MiB", 64 << 20), ("1GiB", 1 << 30)])
def test_size_is_read_as_bytes(text: str, size: int) -> None:
    """Units of size are binary."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["64", "64MB", "1.5MiB", 64])
def test_size_without_a_binary_unit_is_refused(text: object) -> None:
    """MB is not a unit here."""
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


def test_window_of_one_duration_starts_at_once() -> None:
    """``2s`` means from now to two seconds."""
    assert Window.parse("2s") == Window(0.0, 2.0)


def test_window_contains_its_ends_only() -> None:
    """``3s..4.5s`` is closed on both sides."""
    window = Window.parse("3s..4.5s")
    assert [moment in window for moment in (2.99, 3.0, 4.5, 4.51)] == [False, True, True, False]


def test_window_that_runs_backwards_is_refused() -> None:
    """The end comes after the start."""
    with pytest.raises(ValueError, match="ends before it starts"):
        Window.parse("4s..3s")
