"""Every topology of the compose file, as ``ssh`` and a plain client see it."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

import paramiko
import pymysql
import pytest

from harness.address import Address
from harness.faults.model import Cut, Kill, Latency, Refuse, RotateHostKey, Stall
from harness.world.docker.world import DockerWorld
from harness.world.topology import topologies

pytestmark = pytest.mark.docker
on = pytest.mark.parametrize


def served_key(address: Address) -> str:
    """Return the host key that a new connection sees first."""
    with paramiko.Transport(socket.create_connection(address, 5)) as transport:
        transport.start_client(timeout=5)
        key = transport.get_remote_server_key()
    return f"{key.get_name()} {key.get_base64()}"


@on("topology", sorted(topologies()))
def test_ssh_reaches_the_target_along_the_route(tunnel: Any, world: DockerWorld) -> None:
    """``ssh -J`` through every bastion reaches the target, and each link carries one connection."""
    assert tunnel.echo(b"x" * 50_000) == b"x" * 50_000
    route = (*world.topology.bastions, world.topology.target)
    assert [world.link_connections(f"to-{node}") for node in route] == [1] * len(route)


@on("topology", ["single_bastion", "two_hop", "flaky_network"])
@on("form", ["localhost", "address"])
def test_the_target_has_other_names_at_the_last_bastion(dial: Any, world: DockerWorld, form: Any) -> None:
    """The target is reached as localhost of the last bastion, and by its address."""
    with dial(world.target_as(form)) as tunnel:
        assert tunnel.echo() == b"hello"
    assert len(world.target_connections()) == 1


def test_localhost_refuses_where_the_target_refuses(dial: Any, world: DockerWorld) -> None:
    """A target that does not listen is refused under its name localhost too, not accepted and closed."""
    world.inject(Refuse("target"))
    with dial(world.target_as("localhost")) as tunnel:
        assert tunnel.echo() == b""
    assert [event.detail["port"] for event in world.events("bastion") if event.kind == "channel"] == ["7000"]
    assert world.target_connections() == ()


@on("topology", ["two_hop"])
def test_a_bastion_knows_only_what_lies_behind_it(world: DockerWorld) -> None:
    """The first bastion resolves the second and nothing beyond, the second the target and nothing before."""
    known = {
        name: {line.split()[1] for line in bastion.node.shell.run("cat /etc/hosts") if ".internal" in line}
        for name, bastion in world._parts.bastions.items()
    }
    assert known["bastion1"] == {"bastion2.internal"}
    assert known["bastion2"] == {"target.internal", "postgresql.internal", "mariadb.internal"}


@on("topology", ["two_hop"])
def test_each_hop_has_its_own_keys_port_and_events(tunnel: Any, world: DockerWorld) -> None:
    """Both bastions see one login; their host keys and ports differ."""
    tunnel.echo()
    assert [world.sessions(name) for name in ("bastion1", "bastion2")] == [1, 1]
    assert not {key.public for key in world.setup("bastion1").host_keys} & {
        key.public for key in world.setup("bastion2").host_keys
    }
    assert world.address("bastion2") == Address("bastion2.internal", 2222)
    [channel] = [event for event in world.events("bastion1") if event.kind == "channel"]
    assert (channel.detail["host"], channel.detail["port"]) == ("bastion2.internal", "2222")


@on("topology", ["two_hop"])
def test_the_second_hop_is_broken_by_itself(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """A cut before the second bastion ends its session, and the first one is as before after the heal."""
    tunnel.echo()
    fault = world.inject(Cut("to-bastion2"))
    tunnel.process.wait(5)
    assert fault.evidence().summary == "1 of 1 connections closed, the port refuses"
    fault.heal()
    with dial() as another:
        assert another.echo() == b"hello"


@on("topology", ["two_hop"])
def test_the_second_bastion_is_killed_and_restarted(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """Its sessions end, its link refuses, and it serves again."""
    fault = world.inject(Kill("bastion2"))
    tunnel.process.wait(5)
    assert fault.evidence().proven
    fault.heal()
    with dial() as another:
        assert another.echo() == b"hello"


@on("topology", ["rotated_host_keys"])
def test_two_bastions_share_an_address(world: DockerWorld) -> None:
    """Same host, other port, other keys."""
    rotated, neighbour = world.address("rotated"), world.address("neighbour")
    assert rotated.host == neighbour.host
    assert (rotated.port, neighbour.port) == (22, 2222)
    for name in ("rotated", "neighbour"):
        assert served_key(world.address(name)) in {key.public for key in world.setup(name).host_keys}


@on("topology", ["rotated_host_keys"])
def test_the_neighbours_keys_stay_when_the_others_change(world: DockerWorld) -> None:
    """Rotating one bastion's keys changes what its port shows, and not the other's."""
    before = {name: served_key(world.address(name)) for name in ("rotated", "neighbour")}
    fault = world.inject(RotateHostKey("rotated", ("rsa",)))
    assert fault.evidence().proven
    assert served_key(world.address("rotated")).startswith("ssh-rsa ")
    assert served_key(world.address("neighbour")) == before["neighbour"]
    fault.heal()
    assert served_key(world.address("rotated")) == before["rotated"]


@on("topology", ["rotated_host_keys"])
def test_a_key_type_is_added(world: DockerWorld) -> None:
    """With ``add`` the old key stays and another type stands beside it."""
    world.inject(RotateHostKey("neighbour", ("ed25519",), add=False))
    [first] = world.setup("neighbour").host_keys
    fault = world.inject(RotateHostKey("neighbour", ("ecdsa",), add=True))
    assert fault.evidence().proven
    assert first in world.setup("neighbour").host_keys
    assert len(world.setup("neighbour").host_keys) == 2


@on("topology", ["rotated_host_keys"])
@on("broken", ["rotated", "neighbour"])
def test_the_links_of_one_gateway_are_broken_apart(world: DockerWorld, broken: str) -> None:
    """A stalled or delayed link leaves the other one of the same container alone, and counts are apart."""
    other = "neighbour" if broken == "rotated" else "rotated"
    world.inject(Latency(f"to-{broken}", 1.0))
    world.inject(Stall(f"to-{broken}"))
    assert served_key(world.address(other))
    with pytest.raises(TimeoutError):
        socket.create_connection(world.address(broken), 0.3)
    assert world.link_connections(f"to-{broken}") == 1
    assert world.link_connections(f"to-{other}") == 1


@on("topology", ["flaky_network"])
def test_the_way_to_the_far_target_is_delayed(tunnel: Any, world: DockerWorld) -> None:
    """Toxics work on the inner link too."""
    tunnel.echo()
    assert world.inject(Latency("to-far-target", 0.1)).evidence().proven


@on("topology", ["flaky_network"])
def test_a_refusing_far_target_keeps_its_connections(tunnel: Any, world: DockerWorld) -> None:
    """Through the relay too, new connections are refused, and open ones stay."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Refuse("far-target"))
        assert tunnel.echo() == b""
        assert client.talk(b"still") == b"still"
        assert fault.evidence().proven
        fault.heal()
        assert tunnel.echo() == b"hello"


@on("topology", ["flaky_network"])
def test_a_killed_far_target_refuses(tunnel: Any, world: DockerWorld) -> None:
    """The relay before it refuses as the target's own kernel would, until it is restarted."""
    fault = world.inject(Kill("far-target"))
    assert tunnel.echo() == b""
    assert world.target_connections() == ()
    assert fault.evidence().proven
    fault.heal()
    assert tunnel.echo() == b"hello"


@on("topology", ["single_bastion", "two_hop"])
def test_mariadb_answers_through_the_tunnel(world: DockerWorld, dial: Any) -> None:
    """The real database is queried through ``ssh`` by its usual driver."""
    login = world.database("mariadb")
    with (
        dial(Address(login["host"], int(login["port"]))) as tunnel,
        closing(
            pymysql.connect(
                host=tunnel.local.host,
                port=tunnel.local.port,
                user=login["user"],
                password=login["password"],
                database=login["dbname"],
                connect_timeout=10,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("select 6 * 7")
        assert cursor.fetchone() == (42,)
