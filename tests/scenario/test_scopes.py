"""Which scopes are judged, and which scenario belongs to which."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.scenario.language.model import SCOPES
from harness.scenario.language.scopes import scopes_for
from harness.scenario.requirements import catalogue
from harness.scenario.shipped import shipped_scenarios


@pytest.mark.parametrize(
    ("text", "implementation", "scopes"),
    [
        (None, "reference", SCOPES),
        (None, "./mine", ("core", "resilience")),
        (None, "openssh", ("core", "resilience")),
        ("full", "./mine", SCOPES),
        ("page, core", "./mine", ("core", "page")),
        ("core", "reference", ("core",)),
    ],
)
def test_a_stranger_is_judged_by_what_is_asked_of_everybody(
    text: str | None, implementation: str, scopes: tuple[str, ...]
) -> None:
    """Only the reference is judged by the page without being asked to."""
    assert scopes_for(text, implementation) == scopes


def test_a_scope_that_is_not_known_is_a_mistake_of_the_user() -> None:
    """The message names it, and what there is."""
    with pytest.raises(UsageError, match=r"core, resilience, page.*not 'everything'"):
        scopes_for("core,everything", "./mine")


def test_every_requirement_is_proved_within_its_scope() -> None:
    """A run of one scope judges all of its requirements."""
    proved = {(name, one.scope) for one in shipped_scenarios().values() for name in one.spec.covers}
    assert {name for name, one in catalogue().items() if (name, one.scope) not in proved} == set()


def test_what_the_page_promises_is_asked_of_nobody_else() -> None:
    """A scenario that mixes them would hide a demand on everybody from strangers."""
    mixed = {
        name
        for name, scenario in shipped_scenarios().items()
        if len({catalogue()[one].scope == "page" for one in scenario.spec.covers}) > 1
    }
    assert mixed == set()
