"""One run with every kind of output, and one of an adapter that tells its secrets to everybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from harness.facts import AnyFact, Connection, FaultBegan, Kind, Proof, Question, Request, StateClaimed, words
from harness.timeline import Entry, Lane
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result, StepResult

HERE = Path(__file__).parent

SCENARIO = """\
title: Bytes sent through the tunnel come back
why: It is what a tunnel is for.
covers: [TUN-1]
topology: single_bastion
cases: {cases}
tunnel: {{auth: {auth}}}
steps: [open, echo]
"""

MENDED = """\
title: A link that is mended is used again
covers: [REC-2]
topology: single_bastion
cases: {one: {}}
tunnel: {reconnect: {attempts: 10, first_delay: 200ms, max_delay: 1s}}
steps:
  - open
  - echo
  - cut: to-bastion
  - expect: {state: reconnecting, within: 5s}
  - mend: to-bastion
  - expect: {state: connected, within: 10s}
"""

TELLTALE = """\
#!{python}
import json, pathlib, socket, sys
def reply(request, **more):
    print(json.dumps({{"id": request["id"], **more}}), flush=True)
def read():
    return json.loads(sys.stdin.readline())
about = {{"name": "telltale", "version": "1", "language": "Python"}}
reply(read(), ok={{"protocol": 1, "implementation": about, "supports": ["auth.password", "auth.key"]}})
request = read()
reply(request, unsupported=request["do"])
request = read()
auth = request["profile"]["auth"]
said = list(filter(None, [auth.get("password"), auth.get("passphrase")]))
if "file" in auth:
    said += pathlib.Path(auth["file"]).read_text().splitlines()[1:-1]
with open({secrets!r}, "a") as log:
    log.write("".join(f"{{one}}\\n" for one in said))
print("I was given", *said, file=sys.stderr)
print("in one", json.dumps(auth), said[0][:9], file=sys.stderr, flush=True)
if auth["method"] == "password":
    ssh = request["profile"]["ssh"]
    with socket.create_connection((ssh["host"], ssh["port"])) as connection:
        connection.recv(100)
    reply(request, error={{"code": "auth-failed", "message": f"the password {{said[0]}} was refused"}})
    read()
else:
    print("x" * 190 + said[0], flush=True)
    read()
"""

HOSTILE = """\
#!{python}
import json, sys
EVIL = "\\x1b]0;owned\\x07\\x1b[2J\\x9b2J\\u202e\\x00\\ufffe\\n::error file=a::owned\\n::add-mask::x\\n"
EVIL += "##vso[a]<script>|@all"
def send(**message):
    print(json.dumps(message), flush=True)
def read():
    return json.loads(sys.stdin.readline())
print(EVIL, file=sys.stderr, flush=True)
about = {{"name": f"hostile{{EVIL}}", "version": EVIL, "language": EVIL}}
send(id=read()["id"], ok={{"protocol": 1, "implementation": about, "supports": ["auth.key", "banner", "totp.prompt"]}})
send(id=read()["id"], unsupported=EVIL)
request = read()
tunnel = request["tunnel"]
send(event="banner", tunnel=tunnel, hop=0, text=EVIL)
send(event="state", tunnel=tunnel, state="reconnecting", error={{"code": "internal", "message": EVIL}})
send(ask=1, tunnel=tunnel, kind="prompt", hop=0, text=EVIL, name=EVIL, instruction=EVIL)
read()
ssh = request["profile"]["ssh"]
import socket
with socket.create_connection((ssh["host"], ssh["port"])) as connection:
    connection.recv(100)
send(id=request["id"], error={{"code": "auth-failed", "message": EVIL}})
read()
"""


@dataclass(frozen=True)
class Outputs:
    """What a run of pytest left in ``folder``: ``report.jsonl``, ``junit.xml``, ``allure/`` and its terminal."""

    folder: Path
    terminal: str
    status: int

    @property
    def report(self) -> list[dict[str, Any]]:
        """The lines of the JSON report."""
        return [json.loads(line) for line in (self.folder / "report.jsonl").read_text().splitlines()]

    def allure(self, name: str, case: str = "one") -> dict[str, Any]:
        """Return Allure's result of this case of the scenario called ``name``."""
        found = [json.loads(file.read_text()) for file in (self.folder / "allure").glob("*-result.json")]
        (wanted,) = [
            one
            for one in found
            if one["fullName"].partition("/")[2].partition("[")[0] == name
            and {"name": "case", "value": case} in one["parameters"]
        ]
        return dict(wanted)

    def attachment(self, result: dict[str, Any], name: str) -> str:
        """Return the text of an attachment."""
        (source,) = [one["source"] for one in result["attachments"] if one["name"] == name]
        return (self.folder / "allure" / source).read_text()


def judge(folder: Path, *arguments: str) -> Outputs:
    """Run pytest in ``folder`` with every output."""
    outputs = ["--tunspec-report=report.jsonl", "--junitxml=junit.xml", "--alluredir=allure"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", *outputs, *arguments, "mine"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
    )
    return Outputs(folder, done.stdout + done.stderr, done.returncode)


@pytest.fixture(scope="session")
def every_verdict(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """A run in which each verdict was given once, and one file could not be used."""
    folder = tmp_path_factory.mktemp("verdicts")
    (folder / "conftest.py").write_text((HERE.parent / "verdict_by_name.py").read_text())
    (folder / "mine").mkdir()
    for verdict in ("pass", "fail", "unsupported", "not-run", "inconclusive", "error"):
        text = SCENARIO.format(cases="{one: {}, two: {}}" if verdict == "pass" else "{one: {}}", auth="key")
        (folder / "mine" / f"{verdict}.yaml").write_text(text)
    (folder / "mine" / "malformed.yaml").write_text(SCENARIO.format(cases="{}", auth="key"))
    return judge(folder, "--impl=reference")


@pytest.fixture(scope="session")
def telltale(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """A real run against an adapter that tells every secret that it is given; they stand in ``secrets.txt``."""
    folder = tmp_path_factory.mktemp("telltale")
    (folder / "mine").mkdir()
    auths = {
        "password": "password",
        "key": "{method: key, key: {type: rsa, format: pem}}",
        "encrypted": "{method: key, key: {encrypted: true}}",
    }
    for name, auth in auths.items():
        (folder / "mine" / f"{name}.yaml").write_text(SCENARIO.format(cases="{one: {}}", auth=auth))
    adapter = folder / "adapter"
    adapter.write_text(TELLTALE.format(python=sys.executable, secrets=str(folder / "secrets.txt")))
    adapter.chmod(0o755)
    return judge(folder, f"--impl={adapter}")


@pytest.fixture(scope="session")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """A real run of one scenario that passes, with a picture: a link is cut and mended."""
    folder = tmp_path_factory.mktemp("mended")
    (folder / "mine").mkdir()
    (folder / "mine" / "mended.yaml").write_text(MENDED)
    return judge(folder, "--impl=reference", "--tunspec-all-timelines")


class MakeEntry(Protocol):
    def __call__(self, at: float, lane: Lane, kind: Kind, text: str, source: str = ...) -> Entry: ...


class MakeFact(Protocol):
    def __call__(self, at: float, lane: Lane, fact: AnyFact, source: str = ...) -> Entry: ...


class MakeStep(Protocol):
    def __call__(self, text: str, at: float, seconds: float = ..., ended: str = ...) -> StepResult: ...


class MakeResult(Protocol):
    def __call__(self, *timeline: Entry, verdict: Verdict = ..., **more: Any) -> Result: ...


def _entry(at: float, lane: Lane, kind: Kind, text: str, source: str = "") -> Entry:
    return Entry(at=at, lane=lane, kind=kind, source=source or lane, text=text)


def _fact(at: float, lane: Lane, fact: AnyFact, source: str = "") -> Entry:
    return Entry(at=at, lane=lane, kind=fact.kind, source=source or lane, text=words(fact), fact=fact)


def _step(text: str, at: float, seconds: float = 0.01, ended: str = "done") -> StepResult:
    return StepResult(text=text, line=9, at=at, seconds=seconds, ended=ended)


def _result(*timeline: Entry, verdict: Verdict = Verdict.PASS, **more: Any) -> Result:
    return Result(
        **{
            "scenario": "liveness/frozen_server",
            "title": "A frozen server is noticed",
            "covers": ("LIV-3",),
            "level": "must",
            "scope": "resilience",
            "topology": "single_bastion",
            "fabric": "embedded",
            "implementation": Judged(asked_for="mine", name="mine", version="1", language="C"),
            "verdict": verdict,
            "timeline": timeline,
            **more,
        }
    )


@pytest.fixture(scope="session")
def make_entry() -> MakeEntry:
    """Makes an entry; its source is its lane where it does not matter."""
    return _entry


@pytest.fixture(scope="session")
def make_fact() -> MakeFact:
    """Makes the entry of a fact; its source is its lane where it does not matter."""
    return _fact


@pytest.fixture(scope="session")
def make_step() -> MakeStep:
    """Makes a step of line 9."""
    return _step


@pytest.fixture(scope="session")
def make_result() -> MakeResult:
    """Makes the result of a scenario that was never run, with this timeline."""
    return _result


@pytest.fixture(scope="session")
def frozen() -> Result:
    """A failure: the bastion froze, the client never noticed."""
    return _result(
        _fact(0.5, "client", Request(number=1, name="hello", message="{'id': 1}")),
        _entry(1.0, "harness", "step", "open"),
        _fact(1.1, "client", StateClaimed(tunnel="main", state="connecting")),
        _fact(1.2, "link", Connection(number=1, phase="opened"), "to-bastion"),
        _fact(1.3, "client", StateClaimed(tunnel="main", state="connected")),
        _fact(2.0, "bastion", FaultBegan(name="freeze of bastion")),
        _fact(7.0, "bastion", Proof(name="freeze of bastion", seen="process 7 was stopped")),
        verdict=Verdict.FAIL,
        expected="the connections to be closed",
        observed="0 of 2 connections closed",
        steps=(_step("open", 1.0, 0.3), _step("freeze: bastion", 2.0), _step("expect: closed", 2.1, 4.8, "failed")),
    )


@pytest.fixture(scope="session")
def dense() -> Result:
    """80 s with hundreds of everything, most of it at a few places."""
    entries = [
        *(_entry(index / 10, "bastion", "log", f"debug1: line {index}") for index in range(600)),
        *(_entry(index, "bastion", "keepalive", "keepalive@openssh.com") for index in range(60)),
        *(_fact(index % 7 / 50, "link", Connection(number=index, phase="opened"), "to-target") for index in range(200)),
        *(_fact(60 + index / 50, "link", Connection(number=index, phase="closed"), "to-target") for index in range(99)),
        *(
            _fact(
                20 + index / 9,
                "client",
                StateClaimed(tunnel="main", state="reconnecting" if index % 2 else "connecting"),
            )
            for index in range(80)
        ),
        *(_entry(40, "client", "observation", f"connections: {'seen ' * index}") for index in range(30)),
        *(_fact(41 + index / 9, "link", FaultBegan(name=f"stall of {index}"), "to-target") for index in range(12)),
        *(_entry(79.9, "bastion", "connection", f"Connection from 10.0.0.{'0' * index}") for index in range(20)),
        *(
            _fact(79.9, "client", Question(number=index, about="prompt", words="W" * 200, message="{}"))
            for index in range(20)
        ),
    ]
    steps = tuple(_step(f"transfer: part {'x' * 3 * index}", index * 2.0, 1.9) for index in range(40))
    return _result(*sorted(entries, key=lambda one: one.at), steps=steps)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """A real run of an adapter that says such things wherever it can."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "mine").mkdir()
    (folder / "mine" / "one.yaml").write_text(SCENARIO.format(cases="{one: {}}", auth="key"))
    adapter = folder / "adapter"
    adapter.write_text(HOSTILE.format(python=sys.executable))
    adapter.chmod(0o755)
    return judge(folder, f"--impl={adapter}")
