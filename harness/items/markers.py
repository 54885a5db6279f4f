"""The markers of scenarios: topology, area, level, scope, and every fault and database that a scenario needs.

So ``pytest -m two_hop`` or ``-m "must and freeze"`` select as one expects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from harness import resources
from harness.errors import UsageError
from harness.faults.needs import NeedsDatabase
from harness.scenario.demands import needs
from harness.scenario.language.model import SCOPES, Scenario
from harness.scenario.verbs import VERBS
from harness.text.suggestions import did_you_mean
from harness.world.topology import topologies

QUICK_SECONDS = 10.0
"""Seconds of waiting that a scenario may ask for and still belong to a quick look."""
_MARKER = re.compile(r"[^\W_][\w.-]*")
_TAKEN = {"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}
_CALL = re.compile(r"\([^()]*=[^()]*\)")
_NAME = re.compile(r"[\w:+.\[\]\\/-]+")
_WORDS = {"and", "or", "not", "True", "False", "None"}


def register(config: pytest.Config, areas: Iterable[str] = ()) -> None:
    """Make the markers known to pytest."""
    for name, about in _known().items():
        config.addinivalue_line("markers", f"{name}: {about}")
    for area in areas:
        config.addinivalue_line("markers", f"{area}: scenarios of the area {area}")


def of(scenario: Scenario) -> Iterator[str]:
    """Yield the markers of a scenario."""
    if scenario.topology is not None:
        yield scenario.topology
    if _MARKER.fullmatch(scenario.area) and scenario.area not in _TAKEN:
        yield scenario.area
    yield scenario.level
    yield scenario.scope
    if any(isinstance(need, NeedsDatabase) for need in needs(scenario)):
        yield "database"
    yield from sorted({step.verb.verb for step in scenario.steps if step.verb.nature == "breaks"})


def areas() -> set[str]:
    """Return the areas of the scenarios that come with tunspec."""
    return {folder.name for folder in resources.scenarios().iterdir() if folder.is_dir()}


def is_quick(first: Scenario) -> bool:
    """Tell whether the ``first`` case of a file belongs to a quick look."""
    return first.takes < QUICK_SECONDS


def check(expression: str, others: Iterable[str]) -> None:
    """Raise UsageError for a name in pytest's ``-m`` that is neither a marker of scenarios nor one of ``others``."""
    known = {*_known(), *others}
    names = set(_NAME.findall(_CALL.sub("", expression))) - _WORDS
    for name in sorted(names - known):
        raise UsageError(
            f"-m {expression!r}: no scenario has the marker {name!r}{did_you_mean(name, known)}; "
            "markers are topologies, areas, levels, scopes and faults"
        )


def _known() -> dict[str, str]:
    known = {topology.name: topology.about for topology in topologies().values()}
    known |= dict.fromkeys(("must", "should", "may"), "the strictest level among the scenario's requirements")
    known |= {name: (verb.__doc__ or "").splitlines()[0] for name, verb in VERBS.items() if verb.nature == "breaks"}
    known |= dict.fromkeys(SCOPES, "the last scope among the scenario's requirements")
    known["database"] = "needs a real database behind the bastion"
    known["quick"] = f"the first case of each file, where it waits for less than {QUICK_SECONDS:g} s"
    return known
