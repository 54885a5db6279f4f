"""Whole runs of the tunnels that nobody made for this suite, and of the reference: each once in a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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


class Runs(Protocol):
    """Returns what an implementation's whole run on a fabric found, by scenario."""

    def __call__(self, implementation: str, fabric: str) -> Mapping[str, Judged]:
        """Run it, or take the run that there is."""


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Whole runs; a report ``<implementation>-<fabric>.jsonl`` in the folder ``TUNSPEC_REPORTS`` saves one."""
    folder = Path(os.environ.get("TUNSPEC_REPORTS") or tmp_path_factory.mktemp("reports"))

    def run(implementation: str, fabric: str) -> Mapping[str, Judged]:
        report = folder / f"{implementation}-{fabric}.jsonl"
        if not report.exists():
            whom = ("--impl", IMPLEMENTATIONS[implementation], "--fabric", fabric)
            command = (_TUNSPEC, "run", *whom, "--report", report)
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        return _read(report)

    return run


def _read(report: Path) -> Mapping[str, Judged]:
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert lines[-1]["line"] == "footer", f"{report} breaks off: the run was interrupted"
    results = [line["result"] for line in lines if line["line"] == "result"]
    return {one["scenario"]: Judged(one["verdict"], _reason(one)) for one in results}


def _reason(result: Mapping[str, object]) -> str:
    expected, observed = result["expected"], result["observed"]
    return str(result["reason"] or f"expected {expected}; observed {observed}")
