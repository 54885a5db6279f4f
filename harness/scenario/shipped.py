"""The scenarios that come with tunspec."""

from __future__ import annotations

from functools import cache

from harness import resources
from harness.scenario.language.model import Scenario
from harness.scenario.loader import load
from harness.scenario.recognition import looks_like_scenario


@cache
def shipped_scenarios() -> dict[str, Scenario]:
    """Return every scenario that comes with tunspec, by id."""
    files = sorted(resources.scenarios().glob("*/*.yaml"))
    return {one.id: one for file in files if looks_like_scenario(file) for one in load(file)}
