"""What came back to probes, compared with what the world has on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from harness.errors import Failed
from harness.scenario.stage import stage as stage_module
from harness.scenario.stage.ledger import Ledger, has_login
from harness.scenario.stage.stage import AskedTunnel, Stage
from harness.world.fabric import EventKind, ServerEvent, TargetConnection

from ..standins import Clock, Profiles


@dataclass
class Records:
    """What a world has on record."""

    connections: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def target_connections(self) -> tuple[TargetConnection, ...]:
        return tuple(TargetConnection("127.0.0.1:7", 0, 0, open=False, nonce=nonce) for nonce in self.connections)

    def outsiders(self) -> tuple[TargetConnection, ...]:
        return tuple(one for one in self.target_connections() if one.nonce in self.around)

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        return tuple(ServerEvent(1.0, node, "channel", {"type": each}) for each in self.channels)


TCP, SOCKET = "direct-tcpip", "direct-streamlocal@openssh.com"


def compare(answered: list[str], records: Records) -> None:
    """Compare what answered with the records."""
    ledger = Ledger()
    ledger.of("bastion").extend(answered)
    ledger.compare(cast("Any", records))


@pytest.mark.parametrize("channels", [(TCP, TCP), (SOCKET, TCP), (TCP, TCP, "session")])
def test_each_connection_has_its_channel(channels: tuple[str, ...]) -> None:
    """To a port or to a socket; the target may have seen others, which answered nobody."""
    compare(["a", "b"], Records(("x", "a", "b"), ("x",), channels))


@pytest.mark.parametrize(
    ("records", "complaint"),
    [
        (Records(("a",), (), (TCP, TCP)), "1 of 2 are not on its record"),
        (Records(("a", "b"), ("b",), (TCP, TCP)), r"1 of 2 came from elsewhere: 127\.0\.0\.1:7"),
        (Records(("a", "b"), (), (TCP,)), "1 channels on its record"),
        (Records(("a", "b"), (), (TCP, "session")), "1 channels on its record"),
    ],
    ids=["another target", "round the bastion", "one channel", "a session"],
)
def test_a_connection_without_a_record_did_not_come_through_the_tunnel(records: Records, complaint: str) -> None:
    """Whatever the target answered."""
    with pytest.raises(Failed, match=complaint):
        compare(["a", "b"], records)


def test_a_query_has_its_channel_too() -> None:
    """No target knows of it."""
    ledger = Ledger()
    ledger.queried("bastion")
    ledger.compare(cast("Any", Records(channels=(TCP,))))
    with pytest.raises(Failed, match="0 channels on its record"):
        ledger.compare(cast("Any", Records()))


def test_where_nothing_answered_nothing_is_compared() -> None:
    """Scenarios in which everything is refused have no record."""
    compare([], Records())


@pytest.mark.parametrize(
    ("kind", "at", "known"), [("auth-ok", 5.0, True), ("auth-ok", 4.9, False), ("auth-tried", 5.0, False)]
)
def test_a_login_counts_from_when_the_tunnel_was_asked_for(kind: EventKind, at: float, known: bool) -> None:
    """The one of the tunnel before does not, nor does a try."""
    assert has_login([ServerEvent(at, "bastion", kind, {})], 5.0) is known


def test_a_login_may_be_told_a_moment_after_it(
    stage: Stage, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSH lets the client in first; where somebody came, the record is waited for, and no longer."""
    clock = Clock()
    monkeypatch.setattr(stage_module, "time", clock)
    told = {1000.0: "connected", 1003.0: "auth-ok"}

    def events(_world: object, node: str) -> list[ServerEvent]:
        return [ServerEvent(at, node, cast("EventKind", kind), {}) for at, kind in told.items() if at <= clock.now]

    stage.world = cast("Any", type("World", (), {"events": events})())
    stage.logged_in(AskedTunnel(profiles.profile, ("first",), 999.0))
    assert clock.now == pytest.approx(1003, abs=0.1)
    del told[1003.0]
    with pytest.raises(Failed, match="no login on record at first"):
        stage.logged_in(AskedTunnel(profiles.profile, ("first",), 999.0))
    assert clock.now == pytest.approx(1008, abs=0.2)


def test_a_tunnel_that_is_open_without_a_login_fails(stage: Stage, profiles: Profiles) -> None:
    """At each server on the way, and the one that knows nothing is named."""
    logins = {"first": [ServerEvent(6.0, "first", "auth-ok", {})], "second": []}
    stage.world = cast("Any", type("World", (), {"events": lambda _self, node: logins[node]})())
    with pytest.raises(Failed, match=r"no login on record at second$"):
        stage.logged_in(AskedTunnel(profiles.profile, ("first", "second"), 5.0))
