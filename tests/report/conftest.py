"""One run with every kind of output, and one of an adapter that tells its secrets to everybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
            if one["fullName"].endswith(f"#{name}") and {"name": "case", "value": f"'{case}'"} in one["parameters"]
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
        timeout=120,
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
