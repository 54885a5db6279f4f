"""Logging in with an agent's keys."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import TunnelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..world import World

_IDENTITIES = b"\x0c"
_SIGNATURE = b"\x0e"


def string(data: bytes) -> bytes:
    """Return ``data`` with its length before it."""
    return struct.pack(">I", len(data)) + data


def strings(data: bytes, count: int) -> list[bytes]:
    """Read ``count`` strings."""
    found = []
    for _ in range(count):
        length = struct.unpack(">I", data[:4])[0]
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


class Agent:
    """An agent on a socket in ``folder``, with ``keys``."""

    def __init__(self, world: World, *keys: asyncssh.SSHKey) -> None:
        self.path = str(world.folder / "agent.sock")
        self.keys = keys
        self.signed: list[bytes] = []
        self._server = world.loop.run(asyncio.start_unix_server(self._serve, self.path))
        self._loop = world.loop.loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while header := await reader.read(4):
                request = await reader.readexactly(struct.unpack(">I", header)[0])
                writer.write(string(self._answer(request)))
        finally:
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        if request[0] == 11:
            listed = b"".join(string(key.public_data) + string(b"a comment") for key in self.keys)
            return _IDENTITIES + struct.pack(">I", len(self.keys)) + listed
        blob, data = strings(request[1:], 2)
        self.signed.append(blob)
        key = next(key for key in self.keys if key.public_data == blob)
        algorithm = b"rsa-sha2-512" if request[-4:] == struct.pack(">I", 4) else key.algorithm
        return _SIGNATURE + string(key.sign(data, algorithm))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)


@pytest.fixture
def agent(world: World) -> Callable[..., Agent]:
    """Start an agent that ends with the test."""

    def start(*keys: asyncssh.SSHKey) -> Agent:
        started = Agent(world, *keys)
        world.at_end(started.close)
        return started

    return start


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ssh-rsa"])
def test_the_right_key_is_last(world: World, agent: Callable[..., Agent], kind: str) -> None:
    """All keys are offered in order, and only the one that the server knows has to sign."""
    site = world.site()
    keys = [world.key()[0], world.key()[0], world.key(kind)[0]]
    site.authorize(keys[2])
    running = agent(*keys)
    tunnel = world.open(site, 1, auth={"method": "agent", "socket": running.path})
    assert (tunnel.status().state, running.signed) == ("connected", [keys[2].public_data])


def test_one_chosen_key(world: World, agent: Callable[..., Agent]) -> None:
    """A public key file picks the one key that is offered."""
    site = world.site()
    keys = [world.key()[0] for _ in range(3)]
    site.authorize(keys[1])
    chosen = world.folder / "chosen.pub"
    chosen.write_bytes(keys[1].export_public_key())
    auth = {"method": "agent", "socket": agent(*keys).path, "file": str(chosen)}
    world.open(site, 1, auth=auth)
    assert set(site.credentials) == {keys[1].get_fingerprint()}


def test_socket_of_the_environment(world: World, agent: Callable[..., Agent], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a socket the one of SSH_AUTH_SOCK is used."""
    site, key = world.site(), world.key()[0]
    site.authorize(key)
    monkeypatch.setenv("SSH_AUTH_SOCK", agent(key).path)
    assert world.open(site, 1, auth={"method": "agent"}).status().state == "connected"


def code(world: World, **auth: str) -> tuple[str, str]:
    """Return code and message of an attempt that must fail."""
    site = world.site()
    site.authorize(world.key()[0])
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1, auth={"method": "agent", **auth})
    return caught.value.code, caught.value.message


def test_no_socket(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a socket and without SSH_AUTH_SOCK the agent is unavailable."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert code(world)[0] == "agent-unavailable"


def test_dead_socket(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that is not there is unavailable, and the message names the socket, ``~`` expanded."""
    monkeypatch.setenv("HOME", str(world.folder))
    named, message = code(world, socket="~/gone.sock")
    assert named == "agent-unavailable"
    assert str(world.folder / "gone.sock") in message


def test_1password(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """``1password`` is 1Password's default socket."""
    monkeypatch.setenv("HOME", str(world.folder))
    default = world.folder / "Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"
    assert str(default) in code(world, socket="1password")[1]


def test_silent_agent(world: World) -> None:
    """An agent that does not answer is unavailable within the limit."""
    path = str(world.folder / "silent.sock")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(path)
        silent.listen()
        site = world.site()
        with pytest.raises(TunnelError) as caught:
            world.open(site, 1, auth={"method": "agent", "socket": path}, timeouts={"connect": 3})
    assert caught.value.code == "agent-unavailable"


def test_empty_agent(world: World, agent: Callable[..., Agent]) -> None:
    """An agent without keys matches nothing."""
    assert code(world, socket=agent().path)[0] == "agent-no-match"


def test_chosen_key_is_missing(world: World, agent: Callable[..., Agent], tmp_path: Path) -> None:
    """An agent without the chosen key matches nothing, and offers nothing else."""
    chosen = tmp_path / "chosen.pub"
    chosen.write_bytes(world.key()[0].export_public_key())
    assert code(world, socket=agent(world.key()[0]).path, file=str(chosen))[0] == "agent-no-match"


def test_no_key_is_accepted(world: World, agent: Callable[..., Agent]) -> None:
    """When the server accepts none of the keys, the login failed, and nothing was signed."""
    running = agent(world.key()[0])
    assert (code(world, socket=running.path)[0], running.signed) == ("auth-failed", [])


def test_two_keys_in_two_steps(world: World, agent: Callable[..., Agent]) -> None:
    """A server that wants two keys gets them, where the agent holds both."""
    site, keys = world.site(), [world.key()[0] for _ in range(3)]
    site.steps = ("publickey", "publickey")
    site.authorize(keys[0])
    site.authorize(keys[2])
    running = agent(*keys)
    world.open(site, 1, auth={"method": "agent", "socket": running.path})
    assert running.signed == [keys[0].public_data, keys[2].public_data]


def test_key_chosen_by_its_private_file(world: World, agent: Callable[..., Agent]) -> None:
    """A private key file in OpenSSH's format picks its key just as well, without its passphrase."""
    site, (key, file) = world.site(), world.key(passphrase="secret")
    site.authorize(key)
    running = agent(world.key()[0], key)
    world.open(site, 1, auth={"method": "agent", "socket": running.path, "file": str(file)})
    assert set(site.credentials) == {key.get_fingerprint()}


def test_too_many_keys(world: World, agent: Callable[..., Agent]) -> None:
    """A server that hangs up after too many keys is auth-failed, with the advice to choose one."""
    site = world.site()
    site.authorize(world.key()[0])
    site.most_keys = 3
    running = agent(*(world.key()[0] for _ in range(10)))
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1, auth={"method": "agent", "socket": running.path})
    assert (caught.value.code, "choose the right one" in caught.value.message) == ("auth-failed", True)
