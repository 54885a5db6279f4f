from __future__ import annotations

import socket
import time
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import paramiko
import psutil
import psycopg
import pytest

from harness.address import Address
from harness.errors import FabricBroken
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.docker.plan import plan
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup

pytestmark = pytest.mark.docker


def test_bytes_go_through_link_bastion_and_link_to_the_target(tunnel: Any, world: DockerWorld) -> None:
    """``ssh -L`` reaches the target, which sees one connection with the bytes that were sent."""
    assert tunnel.echo(b"x" * 100_000) == b"x" * 100_000
    [connection] = world.target_connections()
    assert (connection.received, connection.sent) == (100_000, 100_000)
    assert world.link_connections("to-bastion") == 1
    assert world.link_connections("to-target") == 1


def test_an_authenticated_connection_is_a_session(tunnel: Any, world: DockerWorld, until: Any) -> None:
    """The bastion counts the connections that logged in, and none when they are gone."""
    tunnel.echo()
    assert world.sessions("bastion") == 1
    tunnel.process.terminate()
    tunnel.process.wait(5)
    until(lambda: world.sessions("bastion") == 0)
    assert [event.kind for event in world.events("bastion")].count("disconnected") == 1


def test_the_bastion_tells_what_it_saw(tunnel: Any, world: DockerWorld) -> None:
    """A connection, its login and its channel are events, in order, within the time in which they happened."""
    before = time.monotonic()
    tunnel.echo()
    events = [event for event in world.events("bastion") if event.kind != "log"]
    kinds = [event.kind for event in events]
    assert kinds[0] == "connected"
    assert kinds.index("auth-tried") < kinds.index("auth-ok") < kinds.index("channel")
    [channel] = [event for event in events if event.kind == "channel"]
    assert channel.detail["type"] == "direct-tcpip"
    assert (channel.detail["host"], channel.detail["port"]) == ("target.internal", "7000")
    assert before - 0.05 <= channel.at <= time.monotonic() + 0.05


def test_a_wrong_password_is_tried_and_refused(world: DockerWorld, paramiko_login: Any) -> None:
    """A refused password is told by method and user, and no login succeeds."""
    with pytest.raises(paramiko.AuthenticationException):
        paramiko_login("not the password")
    events = [(event.kind, event.detail.get("method")) for event in world.events("bastion")]
    assert ("auth-tried", "password") in events
    assert ("auth-failed", "password") in events
    assert "auth-ok" not in dict(events)


def test_the_password_of_the_setup_logs_in(
    world: DockerWorld, setup: BastionSetup, paramiko_login: Any, until: Any
) -> None:
    """The user can log in with the password that the setup gives."""
    with paramiko_login(setup.password):
        until(lambda: world.sessions("bastion") == 1)


def test_without_a_password_only_keys_log_in(world: DockerWorld, setup: BastionSetup) -> None:
    """A setup without a password does not offer the method."""
    world.begin(Timeline(), {"bastion": replace(setup, password=None)})
    with paramiko.Transport(socket.create_connection(world.address("bastion"), 5)) as transport:
        transport.start_client(timeout=5)
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            transport.auth_none("alice")
    assert refused.value.allowed_types == ["publickey"]


def test_begin_forgets_what_was(world: DockerWorld, setup: BastionSetup, dial: Any) -> None:
    """A new scenario sees no event, connection or session of the one before."""
    with dial() as tunnel:
        tunnel.echo()
        world.begin(Timeline(), {"bastion": setup})
        tunnel.process.wait(5)
    assert {event.kind for event in world.events("bastion")} <= {"log"}
    assert world.target_connections() == ()
    assert world.link_connections("to-bastion") == 0
    assert world.sessions("bastion") == 0


def test_a_policy_reaches_sshd(world: DockerWorld, setup: BastionSetup, dial: Any) -> None:
    """A keyword of sshd_config(5) in the setup takes effect."""
    world.begin(Timeline(), {"bastion": replace(setup, policy={"AllowTcpForwarding": "no"})})
    with dial() as tunnel:
        assert tunnel.echo() == b""
    assert world.target_connections() == ()


def test_a_policy_that_sshd_refuses_is_told_in_its_words(world: DockerWorld, setup: BastionSetup) -> None:
    """An unknown keyword ends with what sshd says about it."""
    with pytest.raises(FabricBroken, match=r"(?i)bad configuration option.*nonsense"):
        world.begin(Timeline(), {"bastion": replace(setup, policy={"Nonsense": "yes"})})


def test_the_given_host_keys_are_served(world: DockerWorld, setup: BastionSetup) -> None:
    """A setup with host keys is served with these and no others."""
    key = host_keys.make("ecdsa")
    world.begin(Timeline(), {"bastion": replace(setup, host_keys=(key,))})
    with paramiko.Transport(socket.create_connection(world.address("bastion"), 5)) as transport:
        transport.start_client(timeout=5)
        served = transport.get_remote_server_key()
    assert f"{served.get_name()} {served.get_base64()}" == key.public


def test_a_name_that_the_bastion_does_not_know_is_refused_at_once(dial: Any) -> None:
    """An unknown target ends the connection within two seconds, not after a resolver's time-outs."""
    with dial(Address("nowhere.invalid", 7000)) as tunnel:
        began = time.monotonic()
        assert tunnel.echo() == b""
        assert time.monotonic() - began < 2


def test_this_machine_has_no_address_behind_the_link(warm: DockerWorld) -> None:
    """Bastion and target are in networks in which the machine has no address, so that only the link leads there."""
    ours = {ip_address(each.address) for nic in psutil.net_if_addrs().values() for each in nic if each.family == 2}
    behind = {
        ip_network(f"{address}/28", strict=False)
        for (network, _), address in warm._networks.addresses.items()
        if network != "edge"
    }
    assert len(behind) == 2
    assert not [address for address in ours for network in behind if address in network]


def test_no_network_leads_out(warm: DockerWorld) -> None:
    """No node reaches anything but the nodes of its world, not even the one that clients dial."""
    networks = [warm._client.networks.get(name) for name in warm._networks.names.values()]
    assert {network.name: network.attrs["Internal"] for network in networks} == {one.name: True for one in networks}


def test_postgresql_answers_through_the_tunnel(world: DockerWorld, dial: Any) -> None:
    """The real database is queried through ``ssh -L`` with what ``database`` returns."""
    login = dict(world.database("postgresql"))
    proof = login.pop("proof")
    with dial(Address(login["host"], int(login["port"]))) as tunnel:
        login |= {"host": tunnel.local.host, "port": str(tunnel.local.port)}
        with psycopg.connect(**login, connect_timeout=10) as connection:  # type: ignore[arg-type]  # all are texts
            assert connection.execute("select 6 * 7").fetchone() == (42,)
    assert proof


def test_the_log_is_on_the_timeline(world: DockerWorld, setup: BastionSetup, dial: Any) -> None:
    """What sshd says during the scenario stands on its timeline, in the bastion's lane."""
    timeline = Timeline()
    world.begin(timeline, {"bastion": setup})
    with dial() as tunnel:
        tunnel.echo()
    world.events("bastion")
    entries = [(entry.lane, entry.kind) for entry in timeline.entries()]
    assert ("bastion", "connection") in entries
    assert ("bastion", "observation") in entries


@pytest.mark.parametrize("name", ["to-bastion", "bastion", "target"])
def test_the_engine_gives_a_container_what_the_plan_says(world: DockerWorld, name: str) -> None:
    """As its processes see it (proc(5)): the number of capabilities, no new privileges."""
    shell = world._parts.nodes[name].shell
    status = dict(line.split(":\t", 1) for line in shell.run("cat /proc/self/status"))
    assert int(status["CapBnd"], 16).bit_count() == len(plan(world.topology).services[name].cap_add)
    assert status["NoNewPrivs"] == "1"
