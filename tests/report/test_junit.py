"""JUnit XML, which pytest writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from conftest import Outputs


def cases(outputs: Outputs) -> dict[str, ET.Element]:
    """Return the test cases by name."""
    tree = ET.parse(outputs.folder / "junit.xml")  # noqa: S314 -- our own file
    return {case.attrib["name"]: case for case in tree.iter("testcase")}


def test_a_failure_names_scenario_and_reason(every_verdict: Outputs) -> None:
    """What a person reads in the terminal stands in the file."""
    (failure,) = cases(every_verdict)["fail[one]"].iter("failure")
    assert "mine/fail[one]: Bytes sent through the tunnel come back" in failure.attrib["message"]
    assert "observed     silence" in failure.attrib["message"]


def test_what_was_not_judged_is_skipped_with_its_reason(every_verdict: Outputs) -> None:
    """And with its place in the scenario file."""
    (skipped,) = cases(every_verdict)["not-run[one]"].iter("skipped")
    assert skipped.attrib["message"] == "not-run: needs the docker fabric"
    assert skipped.text is not None
    assert "not-run.yaml:" in skipped.text


def test_the_verdict_is_a_property(every_verdict: Outputs) -> None:
    """JUnit has fewer words than there are verdicts."""
    found = {
        name: {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}["verdict"]
        for name, case in cases(every_verdict).items()
        if "[" in name
    }
    assert found == {f"{name.partition('[')[0]}[{name.partition('[')[2]}": name.partition("[")[0] for name in found}
    assert len(found) == 7
