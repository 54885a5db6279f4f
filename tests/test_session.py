"""What is made ready before scenarios are judged."""

from __future__ import annotations

import pytest

from harness import session
from harness.adapter import registry
from harness.adapter.registry import Launch
from harness.world import fabrics


@pytest.mark.parametrize(("kind", "cleaned"), [("image", ["docker"]), ("program", [])])
def test_containers_of_dead_runs_are_removed_where_the_adapter_is_one(
    monkeypatch: pytest.MonkeyPatch, kind: str, cleaned: list[str]
) -> None:
    """Also on the fabric that has no containers."""
    asked: list[str] = []
    monkeypatch.setattr(registry, "resolve", lambda name: Launch(name, (), kind))
    monkeypatch.setattr(fabrics, "clean_up_after_dead_runs", asked.append)
    with session.open_runner("mine", "embedded"):
        assert asked == cleaned
