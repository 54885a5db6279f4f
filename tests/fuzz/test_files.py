"""Whatever stands in a file is used or refused, with one message that names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from harness import resources
from harness.errors import UsageError
from harness.gate import terms
from harness.gate.merge import IncompleteRun, merge
from harness.report import model
from harness.repro import report as repro
from harness.scenario.loader import load
from tests.fuzz.conftest import spoiled

_SCENARIOS = [
    path.read_text() for path in sorted(resources.scenarios().glob("*/*.yaml")) if path.parent.name != "reports"
]
_REPORTS = [path.read_text() for path in repro.shipped().values()]
_TERMS = [
    """\
implementation = "./adapter"
scope = "core,resilience"
select = ["liveness", "data/echo"]
fail_on = ["must", "unsupported"]
baseline = "baseline.txt"

[[waivers]]
scenario = "flaky/*"
reason = "known"
link = "https://example.org/1"
expires = 2027-01-31
text = "observed"
"""
]
_RUNS = [
    (
        '{"line":"header","tunspec":"1","implementation":"x","fabric":"embedded","realtime":false,"scopes":["core"],'
        '"shard":[1,1],"python":"3","platform":"x","started":"x"}\n'
        '{"line":"result","result":{"scenario":"data/echo","title":"A title","covers":["TUN-1"],"level":"must",'
        '"scope":"core","topology":"single_bastion","fabric":"embedded","implementation":{"asked_for":"x","name":"x",'
        '"version":"1","language":"C"},"verdict":"fail","reason":"r","expected":"a","observed":"b","seconds":1.5,'
        '"steps":[{"text":"open","line":3,"at":0.1,"seconds":1.0,"ended":"failed"}],"timeline":[{"at":0.5,'
        '"lane":"client","kind":"claim","source":"x","text":"t","fact":{"fact":"state","tunnel":"main",'
        '"state":"failed"}}]}}\n'
        '{"line":"footer","verdicts":{"fail":1},"exit_status":1,"seconds":2.0,"waited":0.0}\n'
    )
]


def refusal(read: Callable[[Path], object], file: Path) -> str:
    """Return why the file is refused, in the form of all refusals where it is not."""
    try:
        read(file)
    except UsageError as error:
        return str(error)
    return f"{file}:1: it is not"


def refused_well(read: Callable[[Path], object], file: Path, content: bytes) -> None:
    """See that ``read`` uses the file, or says in one message where it is wrong."""
    file.write_bytes(content)
    told = refusal(read, file)
    assert re.match(rf"{re.escape(str(file))}(:\d+)?: ", told)
    assert len(told) < 5000


@settings(settings.get_profile("tunspec"))
@given(content=spoiled(_SCENARIOS), realtime=st.booleans())
def test_scenarios(tmp_path: Path, content: bytes, realtime: bool) -> None:
    """Scenario files, in either time."""
    refused_well(lambda file: load(file, realtime=realtime), tmp_path / "one.yaml", content)


@settings(settings.get_profile("tunspec"))
@given(content=spoiled(_REPORTS))
def test_reports_of_drops(tmp_path: Path, content: bytes) -> None:
    """What ``tunspec repro`` plays."""
    refused_well(repro.load, tmp_path / "one.yaml", content)


@settings(settings.get_profile("tunspec"))
@given(content=spoiled(_TERMS))
def test_terms(tmp_path: Path, content: bytes) -> None:
    """``tunspec.toml``."""
    refused_well(terms.read, tmp_path / "tunspec.toml", content)


@settings(settings.get_profile("tunspec"))
@given(content=spoiled(_RUNS))
def test_reports_that_are_merged(tmp_path: Path, content: bytes) -> None:
    """One that can be read makes a whole or says what is missing."""

    def join(file: Path) -> None:
        with suppress(IncompleteRun):
            merge({file: model.read(file)})

    refused_well(join, tmp_path / "one.jsonl", content)
