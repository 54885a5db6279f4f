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
    from collections.abc import Iterable
    from pathlib import Path

    from conftest import WriteAdapter

    from harness.scenario.model import Scenario
    from harness.verdict.result import Result

_NOT_JUDGED = {Verdict.UNSUPPORTED, Verdict.NOT_RUN}

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
        case "import-url":
            server, database = {"host": "somewhere"}, {"engine": "mysql", "host": "db", "port": 3306}
            ok = {"ssh": server, "method": "password", "database": database}
        case "import-config":
            ok = {"host": "somewhere", "port": 22}
    send(id=request["id"], ok=ok)
"""

LISTENS = """
import socket, threading
greet(*EVERYTHING)
places, taken = {}, []
def hold(listener):
    while True:
        taken.append(listener.accept()[0])
while True:
    request = receive()
    tunnel, ok = request.get("tunnel"), {}
    match request["do"]:
        case "open":
            listener = socket.create_server(("127.0.0.1", 0))
            threading.Thread(target=hold, args=(listener,), daemon=True).start()
            ok = places[tunnel] = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
            send(event="state", tunnel=tunnel, state="connected")
        case "status":
            ok = {"state": "connected", **places.get(tunnel, {})}
    send(id=request["id"], ok=ok)
"""

ALWAYS_UNSUPPORTED = """
greet(*EVERYTHING)
while True:
    request = receive()
    send(id=request["id"], unsupported=request["do"])
"""


def judge(adapter: Path, scenarios: Iterable[Scenario], hello: float, at_once: int = 16) -> list[Result]:
    """Judge ``adapter``, which has ``hello`` seconds to introduce itself, by so many scenarios ``at_once``."""
    with open_runner(str(adapter), "embedded") as runner, ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(replace(runner, limits=Limits(hello=hello)), scenarios))


def one_of_each_file() -> list[Scenario]:
    """Return the first case of each file: the cases of a file ask an adapter for the same things."""
    return list({scenario.path: scenario for scenario in reversed(shipped_scenarios().values())}.values())


def without_a_probe() -> list[Scenario]:
    """Return the scenarios of tunnels in which no step needs a byte to come back."""
    ours = (scenario for scenario in shipped_scenarios().values() if scenario.topology is not None)
    return [scenario for scenario in ours if all(step.verb.nature != "probes" for step in scenario.steps)]


def passed(results: Iterable[Result]) -> list[str]:
    """Return the scenarios that it passed."""
    return [result.scenario for result in results if result.verdict is Verdict.PASS]


@pytest.mark.slow
def test_one_that_says_yes_to_everything_passes_none(write_adapter: WriteAdapter) -> None:
    """Not one case of one scenario, and the exit status says that it does not conform."""
    results = judge(write_adapter("always_yes", ALWAYS_YES), shipped_scenarios().values(), hello=20)
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert exit_status(counted) is Exit.NONCONFORMANT, counted


@pytest.mark.slow
def test_one_that_says_yes_and_listens_passes_none(write_adapter: WriteAdapter) -> None:
    """It takes every connection and holds it; in all other scenarios a probe waits for bytes."""
    results = judge(write_adapter("listens", LISTENS), without_a_probe(), hello=20, at_once=4)
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert exit_status(counted) is Exit.NONCONFORMANT, counted


@pytest.mark.slow
def test_one_that_does_nothing_passes_none(write_adapter: WriteAdapter) -> None:
    """Every scenario ends, in an error."""
    results = judge(write_adapter("does_nothing", "time.sleep(300)"), one_of_each_file(), hello=0.3)
    assert {result.verdict for result in results} <= {Verdict.ERROR, Verdict.NOT_RUN}
    assert exit_status(result.verdict for result in results) is Exit.BROKEN


@pytest.mark.slow
def test_one_that_supports_nothing_passes_none(write_adapter: WriteAdapter) -> None:
    """Nothing is judged, which is no success."""
    results = judge(write_adapter("always_unsupported", ALWAYS_UNSUPPORTED), one_of_each_file(), hello=20)
    judged = {result.scenario: result.reason for result in results if result.verdict not in _NOT_JUDGED}
    assert judged == {}
    assert exit_status(result.verdict for result in results) is Exit.NOTHING_RUN
