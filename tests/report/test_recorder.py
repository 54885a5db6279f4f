"""The exit status of a run that broke."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.report.recorder import Recorder
from harness.verdict.lattice import Exit


def test_a_run_that_pytest_broke_off_is_not_inconclusive() -> None:
    """Pytest's own status for it is 3."""
    recorder = Recorder(file=None, album=None, implementation="x", fabric="embedded", realtime=False)
    session = cast("Any", SimpleNamespace(exitstatus=pytest.ExitCode.INTERNAL_ERROR))
    recorder.pytest_sessionfinish(session, session.exitstatus)
    assert session.exitstatus is Exit.BROKEN
