"""Adapters that say much and do nothing pass no scenario (DESIGN, section 7)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.adapter.driver import Limits
from harness.killing import shipped_scenarios
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict, exit_status

if TYPE_CHECKING:
    from conftest import WriteAdapter

    from harness.verdict.result import Result

ALWAYS_YES = """
import socket
greet(*EVERYTHING)
while True:
    request = receive()
    ok = {}
    match request["do"]:
        case "open":
            with socket.create_server(("127.0.0.1", 0)) as free:
                ok = {"host": "127.0.0.1", "port": free.getsockname()[1]}
            send(event="state", tunnel=request["tunnel"], state="connected")
        case "status":
            ok = {"state": "connected"}
    send(id=request["id"], ok=ok)
"""

ALWAYS_UNSUPPORTED = """
greet(*EVERYTHING)
while True:
    request = receive()
    send(id=request["id"], unsupported=request["do"])
"""


def judge(adapter: str) -> tuple[Result, ...]:
    """Judge ``adapter`` by every scenario that comes with tunspec; one that is silent is given a second."""
    with open_runner(adapter, "embedded") as runner, ThreadPoolExecutor(8) as threads:
        return tuple(threads.map(replace(runner, limits=Limits(hello=1.0)), shipped_scenarios().values()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("always_yes", ALWAYS_YES, Exit.NONCONFORMANT),
        ("does_nothing", "time.sleep(300)", Exit.BROKEN),
        ("always_unsupported", ALWAYS_UNSUPPORTED, Exit.NOTHING_RUN),
    ],
)
def test_it_passes_no_scenario(write_adapter: WriteAdapter, name: str, body: str, status: Exit) -> None:
    """Zero of all, and the exit status is no success."""
    results = judge(str(write_adapter(name, body)))
    assert [result.scenario for result in results if result.verdict is Verdict.PASS] == []
    assert exit_status(result.verdict for result in results) is status, Counter(one.verdict for one in results)
