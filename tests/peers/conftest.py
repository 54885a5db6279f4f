"""Whole runs of the tunnels that nobody made for this suite, and of the reference: each once in a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Path(__file__).parent
_TUNSPEC = Path(sys.executable).with_name("tunspec")
IMPLEMENTATIONS = {
    "reference": "reference",
    "openssh": "openssh",
    "dropbear": "dropbear",
    "asyncssh": str(_HERE / "asyncssh-tunnel"),
}


@dataclass(frozen=True)
class Judged:
    """A scenario's verdict, and the whole reason for it in one line."""

    verdict: str
    reason: str


class Runs:
    """Whole runs by implementation and fabric, each with its report ``<implementation>-<fabric>.jsonl`` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, implementation: str, fabric: str) -> Mapping[str, Judged]:
        """Return what a run found, by scenario; without a report, run it first."""
        report = self._report(implementation, fabric)
        if not report.exists():
            whom = ("--impl", IMPLEMENTATIONS[implementation], "--fabric", fabric)
            command = (_TUNSPEC, "run", *whom, "--report", report)
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        return _read(report)

    def has(self, implementation: str, fabric: str) -> bool:
        """Return whether there is a report."""
        return self._report(implementation, fabric).exists()

    def _report(self, implementation: str, fabric: str) -> Path:
        return self._folder / f"{implementation}-{fabric}.jsonl"


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Whole runs; a report in the folder ``TUNSPEC_REPORTS`` saves one."""
    return Runs(Path(os.environ.get("TUNSPEC_REPORTS") or tmp_path_factory.mktemp("reports")))


def _read(report: Path) -> Mapping[str, Judged]:
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert lines[-1]["line"] == "footer", f"{report} breaks off: the run was interrupted"
    results = [line["result"] for line in lines if line["line"] == "result"]
    return {one["scenario"]: Judged(one["verdict"], _reason(one)) for one in results}


def _reason(result: Mapping[str, object]) -> str:
    expected, observed = result["expected"], result["observed"]
    return str(result["reason"] or f"expected {expected}; observed {observed}")
