"""No process of an adapter outlives it, whatever it does to hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest

from harness.adapter.driver import Refused
from harness.run.orphans import adopted

if TYPE_CHECKING:
    from conftest import Start

_BODY = """
greet()
request = receive()
hidden = "import subprocess; print(subprocess.Popen(['sleep', '1000'], stdin=-3, stdout=-3, stderr=-3, {session}).pid)"
pid = subprocess.check_output([sys.executable, "-c", hidden], env={{}}, cwd="/", start_new_session=True)
send(id=request["id"], error={{"code": "internal", "message": pid.decode()}})
receive()
"""


@pytest.mark.parametrize("session", ["start_new_session=True", ""], ids=["its own session", "another's session"])
def test_a_daemon_without_an_environment_ends_with_the_adapter(start: Start, session: str) -> None:
    """It has left the group and its parent, and has neither a mark nor a home."""
    with adopted():
        adapter = start(_BODY.format(session=session))
        with pytest.raises(Refused) as told:
            adapter.import_url("x", timeout=10)
        daemon = psutil.Process(int(told.value.detail.message))
        adapter.stop()
    assert not daemon.is_running()
