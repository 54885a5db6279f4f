from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import psutil
import pytest

from harness.address import Address
from harness.errors import FabricBroken
from harness.faults.model import Cut, Forget, Freeze, Ignore, Kill, Lose, Refuse, RevokeKey, RotateHostKey
from harness.faults.needs import NeedsDatabase, NeedsFault, NeedsTargetSocket, NeedsTraffic
from harness.world.fabric import Fabric, World
from harness.world.topology import topologies


def echo(channel: paramiko.Channel, text: bytes) -> bytes:
    """Return what comes back for a text."""
    channel.sendall(text)
    answer: bytes = channel.recv(len(text))
    return answer


def test_the_embedded_fabric_keeps_the_contract(fabric: Any, world: Any) -> None:
    """Both classes fit the protocols that scenarios are written against."""
    typed_fabric: Fabric = fabric
    typed_world: World = world
    assert (typed_fabric.name, typed_world.topology.name) == ("embedded", "single_bastion")


def test_the_client_dials_a_link_and_the_bastion_a_name(world: Any) -> None:
    """The first hop is on loopback, the target has a name that only the bastion resolves."""
    assert world.address("bastion").host == "127.0.0.1"
    assert world.address("target") == Address("target.internal", 7000)


def test_a_setup_without_host_keys_gets_one_of_each_type(world: Any) -> None:
    """The world makes ed25519, ecdsa and rsa keys, and setup tells them."""
    types = [key.public.split()[0] for key in world.setup("bastion").host_keys]
    assert types == ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"]


def test_the_bastion_shows_the_key_that_setup_tells(user: Any, world: Any) -> None:
    """A client sees one of the keys that the harness knows."""
    shown = user.greet().get_remote_server_key()
    assert f"{shown.get_name()} {shown.get_base64()}" in {key.public for key in world.setup("bastion").host_keys}


def test_plain_ssh_logs_in_and_forwards(user: Any, world: Any, tmp_path: Path, setup: Any) -> None:
    """OpenSSH's client agrees: `ssh -W` to the target echoes, with a known host key."""
    host, port = world.address("bastion")
    (tmp_path / "key").write_text(user.private_key)
    (tmp_path / "key").chmod(0o600)
    lines = [f"[{host}]:{port} {key.public}" for key in world.setup("bastion").host_keys]
    (tmp_path / "known_hosts").write_text("\n".join(lines) + "\n")
    options = ["-oStrictHostKeyChecking=yes", f"-oUserKnownHostsFile={tmp_path / 'known_hosts'}", "-oBatchMode=yes"]
    done = subprocess.run(
        [
            "ssh",
            "-F",
            "none",
            *options,
            "-i",
            tmp_path / "key",
            "-p",
            str(port),
            "-W",
            "target.internal:7000",
            f"{setup.user}@{host}",
        ],
        input=b"ECHO\nhello",
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b"hello", 0), done.stderr.decode()


def test_a_frozen_bastion_is_silent_and_goes_on_when_thawed(user: Any, world: Any) -> None:
    """Frozen, its kernel acknowledges but no byte comes back; thawed, the same channel goes on."""
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    fault = world.inject(Freeze("bastion"))
    channel.sendall(b"b")
    channel.settimeout(0.2)
    with pytest.raises(TimeoutError):
        channel.recv(1)
    channel.settimeout(5)
    assert world.sessions("bastion") == 1
    assert fault.evidence().proven
    assert "was stopped" in fault.evidence().summary
    fault.heal()
    fault.heal()
    assert channel.recv(1) == b"b"


def test_a_killed_bastion_refuses_until_it_is_restarted_on_the_same_port(user: Any, world: Any, until: Any) -> None:
    """Its sessions end, its link refuses, and a new process takes the port with the same host keys."""
    transport = user.login()
    before = world.address("bastion"), world.setup("bastion")
    fault = world.inject(Kill("bastion"))
    until(lambda: not transport.is_active())
    with pytest.raises(ConnectionRefusedError):
        user.dial("to-bastion")
    assert world.sessions("bastion") == 0
    assert fault.evidence().proven
    fault.heal()
    fault.heal()
    assert (world.address("bastion"), world.setup("bastion")) == before
    assert user.login().is_active()
    assert [event.kind for event in world.events("bastion")].count("auth-ok") == 2


def test_a_killed_target_refuses_until_it_is_restarted(user: Any, world: Any) -> None:
    """Opening a channel fails and then works again; what it had accepted is remembered as closed."""
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    fault = world.inject(Kill("target"))
    assert channel.recv(1) == b""
    with pytest.raises(paramiko.ChannelException):
        user.channel(transport)
    fault.heal()
    again = user.channel(transport)
    again.sendall(b"ECHO\n")
    assert echo(again, b"b") == b"b"
    assert [connection.open for connection in world.target_connections()] == [False, True]


def test_a_rotated_host_key_is_shown_to_new_connections_only(user: Any, world: Any) -> None:
    """The old session goes on, a new connection sees a new key of the same type, healed the old one."""
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    old = transport.get_remote_server_key()
    fault = world.inject(RotateHostKey("bastion"))
    assert echo(channel, b"a") == b"a"
    new = user.greet().get_remote_server_key()
    assert (new.get_name(), new != old) == (old.get_name(), True)
    assert f"{new.get_name()} {new.get_base64()}" in {key.public for key in world.setup("bastion").host_keys}
    assert len(world.setup("bastion").host_keys) == 3
    assert fault.evidence().proven
    fault.heal()
    assert user.greet().get_remote_server_key() == old


def test_rotating_all_host_keys_leaves_none_of_the_old(world: Any) -> None:
    """Every type stays, no key does."""
    old = world.setup("bastion").host_keys
    world.inject(RotateHostKey("bastion"))
    new = world.setup("bastion").host_keys
    assert [key.public.split()[0] for key in new] == [key.public.split()[0] for key in old]
    assert not set(new) & set(old)


def test_the_next_scenario_starts_fresh(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """Faults on nodes, sessions, events, connections and rotated keys of the last scenario are gone."""
    keys = world.setup("bastion").host_keys
    user.channel(user.login()).sendall(b"ECHO\n")
    world.inject(RotateHostKey("bastion"))
    world.inject(Refuse("target"))
    world.inject(Freeze("bastion"))
    world.inject(Kill("target"))
    world.begin(timeline, {"bastion": setup})
    assert (world.events("bastion"), world.sessions("bastion"), world.target_connections()) == ((), 0, ())
    assert (world.link_connections("to-bastion"), world.setup("bastion").host_keys) == (0, keys)
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"


@pytest.mark.parametrize("node", ["relay", "bastion", "target"])
def test_a_node_that_died_by_itself_is_replaced(user: Any, world: Any, timeline: Any, setup: Any, node: str) -> None:
    """A world that begins starts another, on the same ports."""
    address = world.address("bastion")
    broken = next(one for one in world._nodes if one.name == node)
    broken.kill()
    world.begin(timeline, {"bastion": setup})
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert (echo(channel, b"a"), world.address("bastion")) == (b"a", address)


def test_a_relay_that_died_takes_its_faults_along(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A world whose relay died with faults in force begins again, whole."""
    world.inject(Refuse("target"))
    world.inject(Kill("bastion"))
    world.inject(Cut("to-bastion"))
    world._relay.kill()
    world.begin(timeline, {"bastion": setup})
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"


def test_a_node_that_died_is_named_with_its_state(world: Any) -> None:
    """A request to a dead node says which one it was."""
    world._relay.kill()
    with pytest.raises(FabricBroken, match=r"relay \(pid \d+, gone\) does not read"):
        world.link_connections("to-target")


def test_the_timeline_shows_the_bastion_and_the_links(user: Any, world: Any, timeline: Any) -> None:
    """Connections, logins and channels stand on the timeline, in their lanes."""
    user.channel(user.login())
    world.end()
    lanes = {(entry.lane, entry.source) for entry in timeline.entries()}
    assert {("bastion", "bastion"), ("link", "to-bastion"), ("link", "to-target")} <= lanes


def test_what_a_fabric_lacks_is_said_before_it_runs(fabric: Any) -> None:
    """Databases and lost packets need docker; what processes can do is not missing."""
    topology = topologies()["single_bastion"]
    database, packets = NeedsDatabase("postgresql"), NeedsFault(Lose("to-bastion", 0.5))
    assert fabric.missing(topology, frozenset({database})) == "needs the docker fabric: a real database"
    assert fabric.missing(topology, frozenset({packets})) == "needs the docker fabric: packets"
    assert fabric.missing(topology, frozenset({NeedsTargetSocket(), NeedsTraffic("to-bastion")})) is None
    able = {
        Cut("to-bastion"),
        RotateHostKey("bastion"),
        Kill("target"),
        Refuse("target"),
        Freeze("bastion"),
        Ignore("target"),
        RevokeKey("bastion"),
        Forget("to-bastion", 1),
    }
    assert fabric.missing(topology, frozenset(map(NeedsFault, able))) is None


@pytest.mark.parametrize("part", ["sessions", "listener"])
def test_a_need_is_refused_for_all_that_the_fault_says(fabric: Any, part: Any) -> None:
    """The target has no sessions, so a scenario that kills them is not run, and no error later."""
    reason = fabric.missing(topologies()["single_bastion"], frozenset({NeedsFault(Kill("target", part))}))
    assert reason == f"kill of the {part} works only on bastion of single_bastion on the embedded fabric, not on target"


@pytest.mark.parametrize("fault", [Cut("to-nowhere"), Refuse("client"), RotateHostKey("target"), Freeze("client")])
def test_an_impossible_fault_is_refused_with_what_there_is(world: Any, fault: Any) -> None:
    """What why_not says is what inject raises."""
    reason = world.why_not(fault)
    assert " of single_bastion on the embedded fabric, not on " in reason
    with pytest.raises(FabricBroken, match=reason):
        world.inject(fault)


def test_there_is_no_database(world: Any) -> None:
    """Asking for one raises, naming the fabric that has it."""
    with pytest.raises(FabricBroken, match="docker"):
        world.database("postgresql")


def test_a_setup_that_cannot_be_served_is_named(world: Any, timeline: Any, setup: Any) -> None:
    """A broken host key breaks begin with the node's own words, and the next begin works."""
    broken = replace(world.setup("bastion").host_keys[0], private="not a key")
    with pytest.raises(FabricBroken, match="KeyImportError"):
        world.begin(timeline, {"bastion": replace(setup, host_keys=(broken,))})
    world.begin(timeline, {"bastion": setup})


def test_a_closed_world_leaves_no_process(fabric: Any, run: Any) -> None:
    """Closing ends every node, also a frozen one, and may be done twice."""
    world = fabric.build(topologies()["single_bastion"], run.folder, print)
    pids = [node.pid for node in world._nodes]
    world.inject(Freeze("bastion"))
    world.close()
    world.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)
