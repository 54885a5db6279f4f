"""The reports that come with tunspec: each gives what its thread tells, and the reference does it right."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest

from harness import documents
from harness.adapter.registry import resolve
from harness.command.schema import schema_of
from harness.killing import faulty_tunnels
from harness.repro.judgement import Answer
from harness.repro.report import DropReport, Thread, load, shipped
from harness.repro.reproduction import Reproduction, reproduce_with
from harness.scenario.props.names import why_not
from harness.scenario.recognition import looks_like_scenario
from harness.scenario.runner import Runner
from harness.verdict.lattice import Exit

BY_A_NAME = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
REPORTS = [pytest.param(name, marks=BY_A_NAME if name == "wifi_change" else ()) for name in shipped()]


def thread_of(report: DropReport) -> Thread:
    """Return what the linked thread tells."""
    assert report.thread is not None
    return report.thread


def told(found: Reproduction, implementation: str) -> Thread:
    """Return what was found out, in the form of a thread."""
    assert found.answer is not None, found.result.reason
    return Thread(
        implementation=implementation,
        opens=found.opens,
        drops=found.drops,
        noticed=found.noticed,
        recovers=found.recovers,
        breaks=tuple(one.requirement for one in found.breaks),
    )


def played(runner: Runner, implementation: str, name: str) -> Reproduction:
    """Play a shipped report."""
    return reproduce_with(replace(runner, launch=resolve(implementation)), name, load(shipped()[name]))


@pytest.mark.parametrize("name", REPORTS)
def test_the_defect_gives_what_the_thread_tells(name: str, embedded: Runner) -> None:
    """It drops or not, is noticed or not, recovers or not, and breaks what it says, as users reported."""
    thread = thread_of(load(shipped()[name]))
    assert told(played(embedded, thread.implementation, name), thread.implementation) == thread


@pytest.mark.parametrize("name", REPORTS)
def test_the_reference_survives_or_recovers(name: str, embedded: Runner) -> None:
    """And where there is no way back it breaks no requirement."""
    report = load(shipped()[name])
    found = played(embedded, "reference", name)
    way_back = thread_of(report).recovers is not None or not thread_of(report).opens
    assert found.answer in ({Answer.SURVIVED, Answer.RECOVERED} if way_back else {Answer.DROPPED}), found.breaks
    assert found.exit_status is Exit.CONFORMS


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_the_defect_gives_what_the_thread_tells_on_docker(name: str, docker: Runner) -> None:
    """With real servers and packet filters, too."""
    thread = thread_of(load(shipped()[name]))
    assert told(played(docker, thread.implementation, name), thread.implementation) == thread


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("name", REPORTS)
def test_the_reference_breaks_nothing_on_docker(name: str, docker: Runner) -> None:
    """With real servers and packet filters, too."""
    assert played(docker, "reference", name).exit_status is Exit.CONFORMS


def test_twenty_reports_ship_from_twenty_threads() -> None:
    """Each tells its story, names its thread, and a faulty tunnel that has the defect."""
    reports = [load(path) for path in shipped().values()]
    assert len({report.link for report in reports}) == len(reports) == 20
    assert all(report.story and report.link and report.link.startswith("https://") for report in reports)
    assert {thread_of(one).implementation.removeprefix("faulty:") for one in reports} <= faulty_tunnels().keys()


@pytest.mark.parametrize("name", shipped())
def test_a_report_is_no_scenario(name: str) -> None:
    """The pytest plugin leaves it alone."""
    assert not looks_like_scenario(shipped()[name])


@pytest.mark.parametrize("name", shipped())
def test_reports_fulfil_the_published_schema(name: str) -> None:
    """An editor that checks them by the schema finds no fault."""
    document = documents.read(shipped()[name])
    jsonschema.Draft202012Validator(schema_of("repro")).validate(document)
