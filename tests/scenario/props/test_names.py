"""The client's own names: a resolver, and relays on loopback whose address can change."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Literal

import dns.message
import dns.query
import dns.rcode
import psutil
import pytest

from harness.address import Address
from harness.errors import FabricBroken
from harness.scenario.props import names as module
from harness.scenario.props.names import Hidden, Moved, Names, why_not
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.client import ChangeAddress

from ..standins import Serve

REASON = why_not()
QUESTION = dns.message.make_query("nobody.test.", "A")
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")


def greet(client: socket.socket) -> None:
    """Greet as an SSH server does, then send back what comes, and the end of it."""
    client.sendall(b"SSH-2.0-x\r\n")
    while data := client.recv(65536):
        client.sendall(data)


@pytest.fixture
def server(serve: Serve) -> Address:
    """An SSH server, as far as its greeting goes."""
    return serve(greet)


@pytest.fixture
def names(server: Address) -> Iterator[Names]:
    """A resolver and its names, which end before the server does."""
    assert server
    with closing(Names()) as made:
        yield made


def resolved(names: Names, folder: Path, name: str) -> str | None:
    """Return the address that a program in the namespace finds for ``name``."""
    inside = (*names.prefix(folder), "getent", "ahostsv4", name)
    found = subprocess.run(inside, capture_output=True, text=True, check=False, timeout=10).stdout
    return found.split()[0] if found else None


def dial(names: Names, folder: Path, place: Address) -> socket.socket:
    """Connect as a client does that knows a server by its name."""
    return socket.create_connection((resolved(names, folder, place.host), place.port), timeout=5)


def test_a_name_leads_to_its_server_both_ways(names: Names, server: Address, tmp_path: Path) -> None:
    """Bytes and the end of them pass, and what was asked is known."""
    place = names.name("bastion", server)
    with dial(names, tmp_path, place) as client, client.makefile("rb") as reader:
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        assert reader.read() == b"SSH-2.0-x\r\nhello"
    assert place.host in names.asked()
    assert names.given() == {"bastion": place}


def test_a_name_is_given_once(names: Names, server: Address) -> None:
    """A profile that is built again has the same server."""
    assert names.name("bastion", server) == names.name("bastion", server)
    assert names.name("other", server) != names.name("bastion", server)


def test_what_is_not_given_does_not_exist(names: Names, tmp_path: Path) -> None:
    """It was asked for all the same."""
    assert resolved(names, tmp_path, "target.internal") is None
    assert "target.internal" in names.asked()


def test_the_machine_s_own_resolver_stays_as_it_is(names: Names, tmp_path: Path) -> None:
    """Only the adapter sees the other one."""
    before = Path("/etc/resolv.conf").read_bytes()
    resolved(names, tmp_path, "anything.test")
    assert Path("/etc/resolv.conf").read_bytes() == before


@pytest.mark.parametrize(
    "packet",
    [b"", b"noise", bytes(12), dns.message.make_response(QUESTION).to_wire(), QUESTION.to_wire()[:14]],
    ids=["nothing", "noise", "without a question", "an answer", "cut"],
)
def test_what_is_no_question_is_not_answered(
    names: Names, tmp_path: Path, packet: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """And the next question is; nothing breaks in between."""
    names.prefix(tmp_path)
    resolver = (tmp_path / "resolv.conf").read_text().split()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(packet, (resolver, 53))
    answer = dns.query.udp(QUESTION, resolver, timeout=5)
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert names.asked() == ("nobody.test",)
    assert not caplog.records


def test_after_a_move_the_old_address_is_silent_and_the_name_leads_elsewhere(
    names: Names, server: Address, tmp_path: Path
) -> None:
    """Open connections stay, and nothing passes; new ones there are met by silence too."""
    place = names.name("bastion", server)
    with dial(names, tmp_path, place) as before:
        old = before.getpeername()[0]
        assert before.recv(64) == b"SSH-2.0-x\r\n"
        moved = names.move("bastion")
        before.sendall(b"hello")
        before.settimeout(0.2)
        with pytest.raises(TimeoutError):
            before.recv(1)
        with dial(names, tmp_path, place) as now:
            assert now.getpeername() != (old, place.port)
            assert now.recv(64) == b"SSH-2.0-x\r\n"
        evidence = moved.evidence()
    assert evidence.proven
    assert "fell silent on 1 connections" in evidence.summary


def test_connections_that_had_ended_did_not_fall_silent(names: Names, server: Address, tmp_path: Path) -> None:
    """The evidence counts those that were there."""
    place = names.name("bastion", server)
    for _ in range(3):
        with dial(names, tmp_path, place) as client, client.makefile("rb") as reader:
            client.shutdown(socket.SHUT_WR)
            reader.read()
    assert _eventually(lambda: not names._places["bastion"].relay.passes)
    assert "on 0 connections" in names.move("bastion").evidence().summary


def test_a_relay_keeps_no_connection_that_both_sides_have_ended(names: Names, server: Address, tmp_path: Path) -> None:
    """Its sockets are given back while the scenario still runs."""
    place = names.name("bastion", server)
    before = psutil.Process().num_fds()
    with dial(names, tmp_path, place) as client, client.makefile("rb") as reader:
        client.shutdown(socket.SHUT_WR)
        reader.read()
    assert _eventually(lambda: psutil.Process().num_fds() == before)


def test_a_relay_that_still_passes_is_no_evidence(names: Names, server: Address) -> None:
    """The name leads elsewhere, but the old way is open."""
    names.name("bastion", server)
    place = names._places["bastion"]
    going_on = place.relay
    names.move("bastion")
    names.name("other", server)
    evidence = Moved(place, names._places["other"].relay).evidence()
    assert not evidence.proven
    assert "did not fall silent" in evidence.summary
    assert Moved(place, going_on).evidence().proven


def test_an_address_that_nobody_was_given_cannot_change(names: Names, stage: Stage) -> None:
    """The scenario dials by an address."""
    stage.profiles.logins = SimpleNamespace(props=SimpleNamespace(names=names))  # type: ignore[misc, assignment]
    with pytest.raises(FabricBroken, match="write `dial: name`"):
        ChangeAddress(node="bastion").run(stage)


@pytest.mark.parametrize("how", ["unknown", "silent"])
def test_a_hidden_name_is_not_found_until_it_is_shown(
    names: Names, server: Address, tmp_path: Path, how: Literal["unknown", "silent"]
) -> None:
    """Who asks meanwhile is the evidence; nobody asked is none."""
    place = names.name("bastion", server)
    hidden = names.hide("bastion", how)
    assert not hidden.evidence().proven
    assert resolved(names, tmp_path, place.host) is None
    assert hidden.evidence().proven
    hidden.heal()
    assert resolved(names, tmp_path, place.host) is not None


def test_nothing_runs_after_the_end(server: Address, tmp_path: Path) -> None:
    """Neither thread nor listener nor connection, and a second close does nothing."""
    names = Names()
    place = names.name("bastion", server)
    with dial(names, tmp_path, place) as client:
        relay = client.getpeername()[0]
        names.move("bastion")
        names.close()
        names.close()
        with suppress(ConnectionResetError):
            assert client.recv(64) in {b"", b"SSH-2.0-x\r\n"}
    assert "names" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((relay, place.port), timeout=1)


def test_a_machine_without_root_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario is not run there."""
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    assert "need root" in str(why_not())


def test_root_in_a_container_may_have_no_namespace() -> None:
    """What a machine lacks is found out by trying, and told with the reason."""
    asked = "from harness.scenario.props.names import why_not; print(why_not())"
    powerless = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--")
    said = subprocess.run((*powerless, sys.executable, "-c", asked), capture_output=True, text=True, check=True).stdout
    assert "need a mount namespace" in said


def _eventually(so: Callable[[], bool], within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while not so() and time.monotonic() < until:
        time.sleep(0.01)
    return so()


@pytest.mark.parametrize(("asked", "proven"), [(0, False), (1, True)])
def test_a_hidden_name_is_proven_by_whoever_looked_it_up(asked: int, *, proven: bool) -> None:
    """Where nobody asked for it, nothing was hidden from anybody."""
    assert Hidden("bastion.test", lambda: asked, lambda: None).evidence().proven is proven
