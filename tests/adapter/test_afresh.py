"""An adapter starts as a login would start it, however the suite was started."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.adapter.processes import afresh

if TYPE_CHECKING:
    from collections.abc import Callable

_TELLS = """
from pathlib import Path
Path({told!r}).write_text(Path("/proc/self/status").read_text())
sys.exit(3)
"""
_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))
_BESIDE_A_SCRIPT = "umask 077; nohup {run} >out 2>&1 & wait"
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads proc(5)")


def test_an_adapter_ignores_no_signal_and_blocks_none(tmp_path: Path, script: Callable[[str], Path]) -> None:
    """Also when the suite is started under nohup, in the background of a script, and with another umask."""
    told = tmp_path / "status"
    adapter = script(_TELLS.format(told=str(told)))
    run = (_TUNSPEC, "run", "--scope", "page", "--impl", str(adapter), "imports/config_hosts[page-example]")
    subprocess.run(["sh", "-c", _BESIDE_A_SCRIPT.format(run=shlex.join(run))], cwd=tmp_path, check=True)
    status = dict(line.split(":\t", 1) for line in told.read_text().splitlines() if ":\t" in line)
    ignored = {number for number in signal.valid_signals() if int(status["SigIgn"], 16) >> (number - 1) & 1}
    assert not ignored - {signal.SIGPIPE, signal.SIGXFSZ}, "Python ignores these two itself"
    assert int(status["SigBlk"], 16) == 0
    assert status["Umask"] == "0022"


def test_limits_are_those_of_a_login() -> None:
    """Lowered soft limits are raised again, and raised ones are lowered, within the hard ones."""
    report = "import resource as r; print([r.getrlimit(l)[0] for l in (r.RLIMIT_FSIZE, r.RLIMIT_NOFILE)])"
    around = ("prlimit", "--fsize=1000:", "--nofile=500:800")
    command = (*around, *afresh.COMMAND, sys.executable, "-c", report)
    said = subprocess.check_output(command, text=True)
    assert said.strip() == str([resource.getrlimit(resource.RLIMIT_FSIZE)[1], 800])


def test_a_command_that_cannot_be_started_says_what_to_do(tmp_path: Path) -> None:
    """The message goes to standard error, where the adapter's own words would be."""
    script = tmp_path / "mine"
    script.write_text("no interpreter is named here")
    script.chmod(0o755)
    done = subprocess.run([*afresh.COMMAND, os.fspath(script)], capture_output=True, check=False, text=True)
    assert "a script needs a first line such as" in done.stderr
