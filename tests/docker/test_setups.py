"""Setups of a bastion: its policy, who gets in, and the socket on it."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import paramiko
import pytest

from harness.errors import NotRun
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup, HostCertificates

pytestmark = pytest.mark.docker

POLICY = {
    "UnusedConnectionTimeout": "4s",
    "ChannelTimeout": "direct-tcpip=3s",
    "MaxSessions": "0",
    "MaxStartups": "2:100:4",
    "RekeyLimit": "1M 5s",
    "PubkeyAcceptedAlgorithms": "ssh-ed25519",
    "ClientAliveInterval": "15",
}


@pytest.fixture
def begin(world: DockerWorld, setup: BastionSetup) -> Callable[..., None]:
    """Begin again with another setup."""
    return lambda **changes: world.begin(Timeline(), dict.fromkeys(world.topology.servers, replace(setup, **changes)))


@pytest.fixture
def connect(world: DockerWorld) -> Callable[[], paramiko.Transport]:
    """Connect to the first bastion, up to the point where one logs in."""

    def dial() -> paramiko.Transport:
        node = world.topology.bastions[0]
        transport = paramiko.Transport(socket.create_connection(world.address(node), 5))
        transport.start_client(timeout=5)
        return transport

    return dial


def kinds(world: DockerWorld) -> list[str]:
    """Return the kinds of what the first bastion saw."""
    return [event.kind for event in world.events(world.topology.bastions[0])]


def test_sshd_takes_the_policies_of_scenarios(world: DockerWorld, begin: Any, dial: Any) -> None:
    """Each keyword is in force as it stands in the setup, before any default of ours."""
    begin(policy=POLICY)
    shown = set(world._parts.bastions["bastion"].node.shell.run("/usr/sbin/sshd -T -f /etc/ssh/tunspec_config"))
    assert {
        "unusedconnectiontimeout 4",
        "channeltimeout direct-tcpip=3s",
        "maxsessions 0",
        "maxstartups 2:100:4",
        "rekeylimit 1048576 5",
        "pubkeyacceptedalgorithms ssh-ed25519",
        "clientaliveinterval 15",
    } <= shown
    with dial() as tunnel:
        assert tunnel.echo() == b"hello"


def test_a_rekeying_is_told_once(world: DockerWorld, begin: Any, dial: Any) -> None:
    """The first keys of a session are none; those that follow a limit in bytes are, one event for both directions."""
    begin(policy={"RekeyLimit": "1M"})
    with dial() as tunnel:
        assert len(tunnel.echo(b"x" * 1000)) == 1000
        assert kinds(world).count("rekeyed") == 0
        assert len(tunnel.echo(b"x" * 1_500_000)) == 1_500_000
    # a megabyte and a half each way crosses the limit of 1 MiB once in each direction, and may cross it at once
    assert kinds(world).count("rekeyed") in {1, 2}


def test_the_certificate_of_an_authority_logs_in(begin: Any, world: DockerWorld, tmp_path: Path) -> None:
    """A key that is in no file is let in by the certificate beside it, until the authority is revoked."""
    authority, mine = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    begin(authorized_keys=(f"cert-authority {_public(authority)}",))
    mine.write_private_key(tmp_path / "id")
    (tmp_path / "id").chmod(0o600)
    assert not _key_logs_in(world, tmp_path)
    certificate = authority.generate_user_certificate(mine, "alice", principals=["alice"])
    certificate.write_certificate(tmp_path / "id-cert.pub")
    assert _key_logs_in(world, tmp_path)
    world._parts.bastions["bastion"].authorize(())
    assert not _key_logs_in(world, tmp_path)


def test_anyone_gets_in_where_the_setup_says_so(begin: Any, connect: Any, world: DockerWorld) -> None:
    """The method ``none`` succeeds, is told as such and was no try; the next setup asks for a credential again."""
    begin(anyone=True)
    with connect() as transport:
        transport.auth_none("alice")
        assert transport.is_authenticated()
    seen = {event.kind: event.detail for event in world.events("bastion")}
    assert seen["auth-ok"] == {"method": "none", "user": "alice"}
    assert "auth-tried" not in seen
    begin()
    with connect() as transport, pytest.raises(paramiko.BadAuthenticationType):
        transport.auth_none("alice")
    with connect() as transport:
        transport.auth_password("alice", "open sesame")
        assert transport.is_authenticated()


def test_the_target_is_behind_a_socket(world: DockerWorld, dial: Any) -> None:
    """The socket leads to the target, keeps a half-close, and its channel is told by its type."""
    with dial(world.target_socket()) as tunnel, closing(socket.create_connection(tunnel.local, 5)) as client:
        client.sendall(b"SUM\nabc")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100).startswith(b"3 ba7816bf")
    assert world.target_socket() == world.target_socket()
    [channel] = [event for event in world.events("bastion") if event.kind == "channel"]
    assert channel.detail["type"] == "direct-streamlocal@openssh.com"


def test_a_bastion_without_the_scripted_server_cannot_answer_otherwise(begin: Any) -> None:
    """OpenSSH answers keep-alives with a failure; the reason names the topology that can do more."""
    with pytest.raises(NotRun, match="pam_totp"):
        begin(keepalives="success")


def _public(key: asyncssh.SSHKey) -> str:
    return " ".join(key.export_public_key().decode().split()[:2])


def _key_logs_in(world: DockerWorld, folder: Path) -> bool:
    host, port = world.address("bastion")
    options = ["BatchMode=yes", "IdentitiesOnly=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
    command = ["ssh", "-F", "/dev/null", "-i", str(folder / "id"), "-p", str(port), f"alice@{host}"]
    said = subprocess.run(
        [*command, *(f"-o{option}" for option in options), "-v", "true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return "Authenticated to" in said.stderr


# --- host certificates, banners, probes of the server

AUTHORITY, STRANGER = host_keys.make("ed25519"), host_keys.make("ed25519")


def test_host_certificates_are_shown_for_every_key(begin: Any, dial: Any) -> None:
    """OpenSSH trusts them by their authority alone."""
    begin(certificates=HostCertificates(AUTHORITY.private, ("bastion",)))
    trusts, distrusts = (f"@cert-authority bastion {key.public}\n" for key in (AUTHORITY, STRANGER))
    with dial(known_hosts=trusts) as tunnel:
        assert tunnel.echo() == b"hello"
    with pytest.raises(pytest.fail.Exception, match="Host key verification failed"), dial(known_hosts=distrusts):
        pass


def test_a_banner_comes_before_the_login(begin: Any, connect: Any, user_key: paramiko.PKey) -> None:
    """Word for word, whatever is in it."""
    begin(banner="Visit https://login.test/ äöü\r\n")
    transport = connect()
    transport.auth_publickey("alice", user_key)
    assert transport.get_banner() == "Visit https://login.test/ äöü\r\n".encode()
    transport.close()


def test_a_probe_of_sshd_that_is_answered_is_told(world: DockerWorld, begin: Any, dial: Any, until: Any) -> None:
    """Over a channel where one is open, and else as a request to all of the connection."""
    begin(policy={"ClientAliveInterval": "1"})

    def answered() -> list[str]:
        return [event.detail["by"] for event in world.events("bastion") if event.kind == "alive-answered"]

    with dial() as tunnel:
        until(lambda: "global" in answered())
        with closing(tunnel.connect()):
            until(lambda: "channel" in answered())
