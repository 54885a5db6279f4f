"""Beside the plugins that many projects have, scenarios get their verdicts, letters and exit status as ever.

The plugins are installed into a folder of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.report import model
from harness.verdict.lattice import Verdict

pytestmark = pytest.mark.toolchain

PLUGINS = (
    *("pytest-randomly", "pytest-rerunfailures", "pytest-timeout", "pytest-asyncio", "pytest-split"),
    *("pytest-cov", "coverage", "pytest-html", "pytest-metadata", "jinja2", "markupsafe"),
)
SCENARIO = "title: Bytes sent through the tunnel come back\ncovers: [TUN-1]\ntopology: single_bastion\nsteps: [open]\n"
VERDICTS = ("pass", "fail", "inconclusive", "unsupported")


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugins, and what they need beside what is installed here."""
    folder = tmp_path_factory.mktemp("plugins")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), *PLUGINS]
    subprocess.run(command, check=True, timeout=600)
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("-p", "no:randomly"),
        ("--reruns", "2"),
        ("--html=page.html", "--self-contained-html"),
        ("--timeout=60",),
        ("--cov=.",),
        ("-o", "asyncio_mode=auto"),
        ("--splits", "1", "--group", "1"),
        ("-W", "error", "--strict-markers", "--strict-config", "-o", "asyncio_default_fixture_loop_scope=function"),
        ("-n", "2", "--reruns", "2"),
    ],
    ids=" ".join,
)
def test_verdicts_hold_beside_another_plugin(tmp_path: Path, plugins: Path, arguments: tuple[str, ...]) -> None:
    """Also a failure: it is judged once."""
    named = (Path(__file__).parents[1] / "verdict_by_name.py").read_text()
    (tmp_path / "conftest.py").write_text(named)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntunspec_paths = flaky\n")
    (tmp_path / "flaky").mkdir()
    for verdict in VERDICTS:
        (tmp_path / "flaky" / f"{verdict}.yaml").write_text(SCENARIO)
    (tmp_path / "test_own.py").write_text("def test_it(): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--tunspec-report=r.jsonl", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(plugins), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found = {one.scenario: one.verdict for one in model.read(tmp_path / "r.jsonl").results}
    assert found == {f"flaky/{verdict}": Verdict(verdict) for verdict in VERDICTS}
    assert len(model.read(tmp_path / "r.jsonl").results) == len(VERDICTS)
    assert all(word in done.stdout for word in ("INCONCLUSIVE", "UNSUPPORTED", "2 passed"))
