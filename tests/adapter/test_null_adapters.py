"""Adapters that say much and do nothing pass no scenario (DESIGN, section 7)."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.adapter.driver import Limits
from harness.probe import target
from harness.scenario.shipped import shipped_scenarios
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict, exit_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import WriteAdapter

    from harness.scenario.language.model import Scenario
    from harness.verdict.result import Result

    Chosen = Callable[[str], list[Scenario]]

REJECTED = {Exit.NONCONFORMANT, Exit.BROKEN}
"""Where a profile asks for an address of its own, answering with another one is a breach of the protocol."""
_NOT_JUDGED = {Verdict.UNSUPPORTED, Verdict.NOT_RUN}

ALWAYS_YES = """
import socket
greet(*EVERYTHING)
while True:
    request = receive()
    ok = {}
    match request["do"]:
        case "open":
            local = request["profile"]["local"]
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = local["port"] or free.getsockname()[1]
            ok = {"host": (local["host"] or "127.0.0.1").replace("localhost", "127.0.0.1"), "port": port}
            send(event="state", tunnel=request["tunnel"], state="connected")
        case "status":
            ok = {"state": "connected"}
        case "import-url":
            server, database = {"host": "somewhere"}, {"engine": "mysql", "host": "db", "port": 3306}
            ok = {"ssh": server, "method": "password", "database": database}
        case "import-config":
            ok = {"host": "somewhere", "port": 22} if request["host"] else {"hosts": ["somewhere"]}
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

LOCAL_TARGET = """
import secrets, socket, subprocess
greet(*EVERYTHING)
targets, places = {}, {}
def start(host, port):
    target = subprocess.Popen([sys.executable, TARGET, "--host", host, "--port", str(port)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(json.dumps({"key": secrets.token_hex(32)}), file=target.stdin, flush=True)
    return target, json.loads(target.stdout.readline())["ready"]
def stop(tunnel):
    if tunnel in targets:
        targets.pop(tunnel).kill()
while True:
    request = receive()
    tunnel, ok = request.get("tunnel"), {}
    match request["do"]:
        case "open":
            stop(tunnel)
            local = request["profile"]["local"]
            host = local["host"] if local["host"] not in (None, "localhost") else "127.0.0.1"
            targets[tunnel], places[tunnel] = start(host, local["port"])
            ok = places[tunnel]
            send(event="state", tunnel=tunnel, state="connected")
        case "status":
            ok = {"state": "connected", **places.get(tunnel, {})}
        case "close":
            stop(tunnel)
            send(event="state", tunnel=tunnel, state="closed")
        case "bye":
            for tunnel in list(targets):
                stop(tunnel)
    send(id=request["id"], ok=ok)
    if request["do"] == "bye":
        break
"""
"""A copy of the probe target, to which the client talks without any tunnel."""

AROUND = """
import docker, ipaddress, os, psutil, socket, threading
greet(*EVERYTHING)
places, listeners = {}, {}
def echoes(address):
    try:
        with socket.create_connection(address, timeout=0.3) as probe:
            probe.sendall(b"ECHO\\nis it you")
            return probe.recv(16) != b"" and not probe.recv(0)
    except OSError:
        return False
def on_this_machine(profile):
    # the process that leads to the server leads to the target too, on another port
    for beside in psutil.Process(os.getppid()).children():
        places = [one.laddr for one in beside.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
        if profile["ssh"]["port"] in [place.port for place in places]:
            return [place[:2] for place in places if place.port != profile["ssh"]["port"]]
    return []
def in_containers(profile):
    # the networks of this world have the same labels; in others' the look would be a stranger's connection
    port, server = profile["target"].get("port"), ipaddress.ip_address(profile["ssh"]["host"])
    def subnets(network):
        return [ipaddress.ip_network(pool["Subnet"]) for pool in network.attrs["IPAM"]["Config"] or ()]
    networks = docker.from_env().networks.list()
    ours = [one.attrs["Labels"] for one in networks if any(server in subnet for subnet in subnets(one))]
    for network in networks:
        if network.attrs["Labels"] in ours:
            for subnet in subnets(network):
                for host in subnet.hosts():
                    yield str(host), port
def way(profile):
    found = on_this_machine(profile) if profile["ssh"]["host"].startswith("127.") else in_containers(profile)
    return next((address for address in found if echoes(address)), None)
def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
def serve(listener, target):
    try:
        while True:
            client, _ = listener.accept()
            try:
                onward = socket.create_connection(target)
            except (OSError, TypeError):
                client.close()
                continue
            threading.Thread(target=pump, args=(client, onward), daemon=True).start()
            threading.Thread(target=pump, args=(onward, client), daemon=True).start()
    except OSError:
        pass
while True:
    request = receive()
    tunnel, ok = request.get("tunnel"), {}
    match request["do"]:
        case "open":
            local = request["profile"]["local"]
            host = local["host"] if local["host"] not in (None, "localhost") else "127.0.0.1"
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listeners[tunnel] = socket.create_server((host, 0), family=family)
            target = way(request["profile"])
            threading.Thread(target=serve, args=(listeners[tunnel], target), daemon=True).start()
            ok = places[tunnel] = {"host": host, "port": listeners[tunnel].getsockname()[1]}
            send(event="state", tunnel=tunnel, state="connected")
        case "status":
            ok = {"state": "connected", **places.get(tunnel, {})}
        case "close":
            if tunnel in listeners:
                listeners.pop(tunnel).close()
            send(event="state", tunnel=tunnel, state="closed")
    send(id=request["id"], ok=ok)
    if request["do"] == "bye":
        break
"""
"""A relay of plain TCP, which finds the target by looking at who listens on this machine or in the world's nodes."""

REFUSES = """
greet(*EVERYTHING)
while True:
    request = receive()
    if request["do"] in ("open", "test", "import-url", "import-config"):
        send(id=request["id"], error={"code": "auth-failed", "message": "no", "hop": 0})
    elif request["do"] == "status":
        send(id=request["id"], ok={"state": "failed", "error": {"code": "auth-failed", "message": "no", "hop": 0}})
    else:
        send(id=request["id"], ok={})
    if request["do"] == "bye":
        break
"""

ALWAYS_UNSUPPORTED = """
greet(*EVERYTHING)
while True:
    request = receive()
    send(id=request["id"], unsupported=request["do"])
"""


def judge(
    adapter: Path, scenarios: Iterable[Scenario], hello: float, at_once: int = 8, fabric: str = "embedded"
) -> list[Result]:
    """Judge ``adapter``, which has ``hello`` seconds to introduce itself, by so many scenarios ``at_once``."""
    with open_runner(str(adapter), fabric) as runner, ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(replace(runner, limits=Limits(hello=hello)), scenarios))


def todays_share(name: str) -> list[Scenario]:
    """Return the first case of every fourth file: each file meets one of the four adapters a day, all in four days.

    The cases of a file ask an adapter for the same things.
    """
    first_cases = {scenario.path: scenario for scenario in reversed(shipped_scenarios().values())}
    begin = (int(os.environ["TUNSPEC_DAY"]) + (*DISHONEST, "always_yes").index(name)) % 4
    return list(first_cases.values())[begin::4]


def one_of_each_area(name: str) -> list[Scenario]:
    """Return a scenario of each area."""
    del name
    return list({scenario.area: scenario for scenario in shipped_scenarios().values()}.values())


def every_one(name: str) -> list[Scenario]:
    """Return every case of every scenario, which takes a quarter of an hour for each adapter."""
    del name
    return list(shipped_scenarios().values())


def without_a_probe() -> list[Scenario]:
    """Return the scenarios of tunnels in which no step needs a byte to come back."""
    ours = (scenario for scenario in shipped_scenarios().values() if scenario.topology is not None)
    return [scenario for scenario in ours if all(step.verb.nature != "probes" for step in scenario.steps)]


def passed(results: Iterable[Result]) -> list[str]:
    """Return the scenarios that it passed."""
    return [result.scenario for result in results if result.verdict is Verdict.PASS]


EVERY_ONE = pytest.param(every_one, marks=pytest.mark.whole)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [todays_share, EVERY_ONE])
def test_one_that_says_yes_to_everything_passes_none(write_adapter: WriteAdapter, chosen: Chosen) -> None:
    """Not one case of one scenario, and the exit status says that it does not conform."""
    results = judge(write_adapter("always_yes", ALWAYS_YES), chosen("always_yes"), hello=20)
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert exit_status(counted) in REJECTED, counted


@pytest.mark.slow
def test_one_that_says_yes_and_listens_passes_none(write_adapter: WriteAdapter) -> None:
    """It takes every connection and holds it; in all other scenarios a probe waits for bytes."""
    results = judge(write_adapter("listens", LISTENS), without_a_probe(), hello=20, at_once=4)
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert exit_status(counted) in REJECTED, counted


DISHONEST = {
    "local_target": LOCAL_TARGET.replace("TARGET,", f"{target.__file__!r},"),
    "around": AROUND,
    "refuses": REFUSES,
}
"""Those that could pass for tunnels where nobody asks the servers, or that never open one."""


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [todays_share, EVERY_ONE])
@pytest.mark.parametrize("name", DISHONEST)
def test_one_that_has_no_tunnel_passes_none(write_adapter: WriteAdapter, name: str, chosen: Chosen) -> None:
    """Neither with a target of its own, nor round the server, nor by refusing everything."""
    results = judge(write_adapter(name, DISHONEST[name]), chosen(name), hello=20)
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert counted[Verdict.FAIL] > 0, counted


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.parametrize("chosen", [one_of_each_area, EVERY_ONE])
@pytest.mark.parametrize("name", DISHONEST)
def test_one_that_has_no_tunnel_passes_none_on_docker(write_adapter: WriteAdapter, name: str, chosen: Chosen) -> None:
    """Where it meets real servers."""
    results = judge(write_adapter(name, DISHONEST[name]), chosen(name), hello=20, at_once=4, fabric="docker")
    assert passed(results) == []
    counted = Counter(result.verdict for result in results)
    assert counted[Verdict.FAIL] > 0, counted


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [one_of_each_area, EVERY_ONE])
def test_one_that_does_nothing_passes_none(write_adapter: WriteAdapter, chosen: Chosen) -> None:
    """Every scenario ends, in an error, before it asks for anything."""
    results = judge(write_adapter("does_nothing", "time.sleep(300)"), chosen("does_nothing"), hello=0.3)
    assert {result.verdict for result in results} <= {Verdict.ERROR, Verdict.NOT_RUN}
    assert exit_status(result.verdict for result in results) is Exit.BROKEN


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [one_of_each_area, EVERY_ONE])
def test_one_that_supports_nothing_passes_none(write_adapter: WriteAdapter, chosen: Chosen) -> None:
    """Nothing is judged, which is no success: every scenario ends at its first request."""
    results = judge(write_adapter("always_unsupported", ALWAYS_UNSUPPORTED), chosen("always_unsupported"), hello=20)
    judged = {result.scenario: result.reason for result in results if result.verdict not in _NOT_JUDGED}
    assert judged == {}
    assert exit_status(result.verdict for result in results) is Exit.NOTHING_RUN
