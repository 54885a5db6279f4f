"""Adapters that break the protocol, through everything from the command line to the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.report import model
from harness.verdict.lattice import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Tunspec, WriteAdapter

BROKEN = {
    "garbage": ("print('Starting up...', flush=True); receive()", "sent 'Starting up...'; expected one JSON object"),
    "endless": ("os.write(1, b'x' * (10 << 20)); receive()", "sent a line of more than 1 MiB, which begins 'xxx"),
    "wrong_id": ("greet('auth.key'); receive(); send(id=999, ok={})", "999 was never asked"),
    "dies": ("greet('auth.key'); receive(); sys.exit('no licence')", "exited with status 1; its standard error ends"),
}


@pytest.mark.parametrize(("name", "body", "message"), [(name, *what) for name, what in BROKEN.items()])
def test_a_broken_adapter_is_one_clear_error(
    tunspec: Tunspec, tmp_path: Path, write_adapter: WriteAdapter, name: str, body: str, message: str
) -> None:
    """It is named with what it sent, the exit status is 4, and the run goes on with the next scenario."""
    adapter = write_adapter(name, body)
    report = tmp_path / "report.jsonl"
    done = tunspec("run", "-n", "0", "--impl", adapter, "data/echo", "opening/target_refuses", "--report", report)
    results = model.read(report).results
    assert [result.verdict for result in results] == [Verdict.ERROR, Verdict.ERROR]
    assert all(f"adapter {adapter} " in result.reason and message in result.reason for result in results)
    assert f"  reason       adapter {adapter} " in done.stdout
    assert "exit 4: the harness, the fabric or the adapter broke" in done.stdout
    assert done.returncode == 4
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_an_adapter_that_prints_nothing_ends_at_the_limit(tunspec: Tunspec, write_adapter: WriteAdapter) -> None:
    """Silence is no hang: after the twenty seconds for hello it is an error."""
    adapter = write_adapter("silent", "time.sleep(300)")
    done = tunspec("run", "-n", "0", "--impl", adapter, "data/echo")
    assert f"adapter {adapter} did not answer hello within 20 s" in done.stdout
    assert done.returncode == 4
