"""Tunnels that were not made for this suite are judged rightly, and alike on both fabrics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Runs

pytestmark = pytest.mark.whole

_FABRICS = ("embedded", pytest.param("docker", marks=pytest.mark.docker))
_STRANGERS = ("openssh", "dropbear", "asyncssh")
_DECIDED = ("pass", "fail", "unsupported")


def _listed(implementation: str) -> Mapping[str, str]:
    """Return the scenarios that an implementation is known to fail, with the reasons."""
    groups = documents.read(Path(__file__).with_name("fails") / f"{implementation}.yaml")
    return {scenario: group["why"] for group in groups for scenario in group["scenarios"]}


@pytest.mark.parametrize("fabric", _FABRICS)
@pytest.mark.parametrize("implementation", _STRANGERS)
def test_a_stranger_fails_what_is_known_to_be_true_of_it(whole_run: Runs, implementation: str, fabric: str) -> None:
    """A fail that is not listed, or is listed and does not happen, is a change of the suite or of the stranger.

    The tunnel on asyncssh shares nothing with the suite or the reference, and is to do all that its library can.
    """
    run, known = whole_run(implementation, fabric), _listed(implementation)
    failed = {scenario: one.reason for scenario, one in run.items() if one.verdict == "fail"}
    assert {name: why for name, why in failed.items() if name not in known} == {}, "examine each, then list it"
    gone = [name for name in known if name not in run or run[name].verdict not in {"fail", "not-run"}]
    assert gone == [], "these do not fail any more: take them from the list"


@pytest.mark.parametrize("fabric", _FABRICS)
def test_the_reference_fails_nothing(whole_run: Runs, fabric: str) -> None:
    """It does everything that the fabric can judge."""
    run = whole_run("reference", fabric)
    assert {
        name: one.reason for name, one in run.items() if one.verdict not in {"pass", "unsupported", "not-run"}
    } == {}


@pytest.mark.parametrize("fabric", _FABRICS)
@pytest.mark.parametrize("implementation", _STRANGERS)
def test_every_verdict_of_a_stranger_is_one(whole_run: Runs, implementation: str, fabric: str) -> None:
    """A stranger's tunnel, however it behaves, breaks neither the harness nor a proof."""
    run = whole_run(implementation, fabric)
    assert {name: one.reason for name, one in run.items() if one.verdict in {"error", "inconclusive"}} == {}


@pytest.mark.parametrize("implementation", ["reference", "openssh", "dropbear", "asyncssh"])
def test_the_fabrics_agree(whole_run: Runs, implementation: str) -> None:
    """What a tunnel does is judged alike, whatever the bastions are made of; compared is what there are reports of."""
    if missing := [fabric for fabric in ("embedded", "docker") if not whole_run.has(implementation, fabric)]:
        pytest.skip(f"no report of a whole run of {implementation} on {' and '.join(missing)}")
    embedded, docker = (whole_run(implementation, fabric) for fabric in ("embedded", "docker"))
    both = {name: (embedded[name], docker[name]) for name in embedded.keys() & docker.keys()}
    decided = {name: pair for name, pair in both.items() if all(one.verdict in _DECIDED for one in pair)}
    assert {name: pair for name, pair in decided.items() if pair[0].verdict != pair[1].verdict} == {}
