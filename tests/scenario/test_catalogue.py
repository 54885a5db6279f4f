"""What can be kept of the catalogue's rules without reading it: claims are judged where the text says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from harness.adapter.protocol import ErrorCode
from harness.errors import InvalidScenario
from harness.scenario.demands import features
from harness.scenario.language.model import Scenario
from harness.scenario.observations.claims import Error
from harness.scenario.requirements import Requirement, catalogue
from harness.scenario.shipped import shipped_scenarios
from harness.scenario.verbs.expect import Expect
from harness.scenario.verbs.imports import Import
from harness.scenario.verbs.outcome import ExpectedOutcome

CLAIMS = {"errors.code", "errors.hop", "status"}
PLAIN_WORDS = {"timeout", "cancelled", "internal"}
"""Codes that an English sentence may contain without meaning the code."""

REQUIREMENTS = [pytest.param(one, id=name) for name, one in catalogue().items()]


def codes_in(text: str) -> set[str]:
    """Return the error codes that a text names."""
    return {code for code in get_args(ErrorCode) if re.search(rf"(?<![\w-]){code}(?![\w-])", text)}


def codes_of(scenario: Scenario) -> Iterator[str]:
    """Yield the error codes that a scenario demands."""
    for step in scenario.steps:
        match step.verb:
            case ExpectedOutcome(error=error, may_fail=may_fail):
                yield from (*listed(error), *listed(may_fail))
            case Import(error=error) | Expect(observation=Error(error=error)):
                yield from listed(error)


def listed(codes: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the codes that are named, one or several."""
    return (codes,) if isinstance(codes, str) else codes or ()


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_a_text_names_the_codes_that_its_scenarios_demand(requirement: Requirement) -> None:
    """Whoever reads the requirement of a failure finds the code that was expected."""
    covering = [one for one in shipped_scenarios().values() if requirement.id in one.spec.covers]
    demanded = {code for one in covering for code in codes_of(one)} - {"any"}
    named = codes_in(requirement.text)
    assert demanded - named == set()
    assert named - demanded - PLAIN_WORDS == set()


def test_a_must_is_judged_by_what_is_seen_from_outside() -> None:
    """A library without error codes, hops or a status is judged for them once, by a should."""
    reads = {name: features(one) & CLAIMS for name, one in shipped_scenarios().items() if one.level == "must"}
    assert {name: claims for name, claims in reads.items() if claims} == {}


def test_words_are_not_a_must() -> None:
    """A poor message costs its reader time, and no data."""
    wordy = {
        name
        for name, one in shipped_scenarios().items()
        if one.level == "must" and any(isinstance(step.verb, ExpectedOutcome) and step.verb.says for step in one.steps)
    }
    assert wordy == set()


def test_a_mistake_in_the_catalogue_is_named_with_its_line(tmp_path: Path) -> None:
    """As in a scenario."""
    file = tmp_path / "requirements.yaml"
    file.write_text(
        "requirements:\n- id: TUN-1\n  level: must\n  scope: core\n  text: Bytes arrive.\n  sources: []\n", "utf-8"
    )
    with pytest.raises(InvalidScenario, match=rf"^{file}:6: sources: "):
        catalogue(file)
