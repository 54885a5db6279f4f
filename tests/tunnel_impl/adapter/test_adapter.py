"""The adapter, as a process, over its pipes."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..bastion import Site
    from ..world import World


class Driver:
    """A running adapter."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "tunnel_impl.adapter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._kept: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def say(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def send(self, **message: Any) -> None:
        self.say(json.dumps(message).encode())

    def receive(self, **wanted: Any) -> dict[str, Any]:
        """Return the next line with these values; others are kept for later."""
        for message in self._kept:
            if wanted.items() <= message.items():
                self._kept.remove(message)
                return message
        while True:
            message = self.lines.get(timeout=10)
            if wanted.items() <= message.items():
                return message
            self._kept.append(message)

    def call(self, number: int, do: str, **rest: Any) -> dict[str, Any]:
        self.send(id=number, do=do, **rest)
        return self.receive(id=number)

    def end(self) -> tuple[int, str]:
        """Close the input; return exit status and stderr."""
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self.process.stdin.close()
        status = self.process.wait(10)
        self._reader.join(10)
        with self.process.stdout, self.process.stderr:
            return status, self.process.stderr.read().decode()


@pytest.fixture
def driver() -> Iterator[Driver]:
    """An adapter that ends with the test."""
    running = Driver()
    yield running
    if running.process.returncode is None:
        running.end()


def profile(world: World, site: Site, **changes: Any) -> dict[str, Any]:
    """Return a profile as the protocol writes it."""
    return {
        "name": "mine",
        "ssh": {"host": "127.0.0.1", "port": site.port, "user": site.user},
        "auth": {"method": "password", "password": site.password},
        "totp": None,
        "jumps": [],
        "host_keys": {"file": str(world.known_hosts), "unknown": "ask"},
        "target": {"host": "127.0.0.1", "port": 1},
        "reconnect": {"attempts": 3, "first_delay": 0.1, "max_delay": 1},
        "timeouts": {"connect": 5, "open": 5},
    } | changes


def test_hello(driver: Driver) -> None:
    """The adapter introduces itself, and says of what it does not know that it does not."""
    hello = driver.call(1, "hello", protocol=1)["ok"]
    assert (hello["protocol"], hello["implementation"]["name"]) == (1, "reference")
    assert driver.call(2, "make-tea") == {"id": 2, "unsupported": "make-tea"}


def test_a_tunnel(driver: Driver, world: World) -> None:
    """Open asks for the host key, tells its states and its endpoint; status and close agree."""
    site = world.site()
    driver.send(id=1, do="open", tunnel="t", profile=profile(world, site))
    question = driver.receive(kind="host-key")
    expected = {"tunnel": "t", "hop": 0, "port": site.port, "type": "ssh-ed25519", "status": "unknown"}
    assert expected.items() <= question.items()
    assert driver.call(2, "status", tunnel="t")["ok"] == {"state": "connecting"}
    driver.send(answer=question["ask"], value="accept")
    endpoint = driver.receive(id=1)["ok"]
    assert driver.call(3, "status", tunnel="t")["ok"] == {"state": "connected", **endpoint}
    assert driver.call(4, "close", tunnel="t") == {"id": 4, "ok": {}}
    states = [driver.receive(event="state")["state"] for _ in range(3)]
    assert states == ["connecting", "connected", "closed"]


def test_failure(driver: Driver, world: World) -> None:
    """A failed open is answered with code, message and hop; the state event carries the same."""
    site = world.site()
    auth = {"method": "password", "password": "wrong"}
    driver.send(id=1, do="open", tunnel="t", profile=profile(world, site, auth=auth))
    driver.send(answer=driver.receive(kind="host-key")["ask"], value="accept")
    error = driver.receive(id=1)["error"]
    assert (error["code"], error["hop"]) == ("auth-failed", 0)
    assert driver.receive(state="failed")["error"] == error
    assert driver.call(2, "status", tunnel="t")["ok"] == {"state": "failed", "error": error}


def test_close_while_a_question_waits(driver: Driver, world: World) -> None:
    """A close overtakes an open that waits for its user, which is then cancelled; late answers are ignored."""
    driver.send(id=1, do="open", tunnel="t", profile=profile(world, world.site()))
    question = driver.receive(kind="host-key")
    assert driver.call(2, "close", tunnel="t") == {"id": 2, "ok": {}}
    assert driver.receive(id=1)["error"]["code"] == "cancelled"
    driver.send(answer=question["ask"], value="accept")
    assert driver.call(3, "status", tunnel="t")["ok"] == {"state": "closed"}


def test_test(driver: Driver, world: World) -> None:
    """Test asks and logs in like an open, and is answered with nothing to add."""
    driver.send(id=1, do="test", profile=profile(world, world.site()))
    question = driver.receive(kind="host-key", tunnel="mine")
    driver.send(answer=question["ask"], value="accept")
    assert driver.receive(id=1) == {"id": 1, "ok": {}}


def test_prompts(driver: Driver, world: World) -> None:
    """A prompt is a question with the server's text and echo; null is a cancel, and the open is then cancelled."""
    site = world.site()
    site.password_offered, site.rounds, site.responses = False, [[("Riddle: ", True)]], ["answer"]
    auth = {"method": "keyboard-interactive", "password": None}
    for number, (value, outcome) in enumerate((("answer", "ok"), (None, "error")), start=1):
        driver.send(id=number, do="open", tunnel=f"t{number}", profile=profile(world, site, auth=auth))
        if number == 1:
            driver.send(answer=driver.receive(kind="host-key")["ask"], value="accept")
        question = driver.receive(kind="prompt")
        assert {"hop": 0, "text": "Riddle: ", "echo": True}.items() <= question.items()
        driver.send(answer=question["ask"], value=value)
        reply = driver.receive(id=number)
        assert outcome in reply
    assert reply["error"]["code"] == "cancelled"


def test_bad_totp_secret(driver: Driver, world: World) -> None:
    """A secret that cannot be one is bad-profile and is not repeated in the message."""
    totp = {"mode": "generate", "secret": "not-base32-018"}
    error = driver.call(1, "open", tunnel="t", profile=profile(world, world.site(), totp=totp))["error"]
    assert (error["code"], "totp.secret" in error["message"]) == ("bad-profile", True)
    assert "018" not in error["message"]


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "open", "tunnel": "t", "profile": {}},
        {"do": "open", "tunnel": "t"},
        {"do": "open", "profile": {}},
        {"do": "status", "tunnel": "none"},
    ],
)
def test_bad_request(driver: Driver, request_: dict[str, Any]) -> None:
    """A request that makes no sense is bad-profile."""
    assert driver.call(1, request_.pop("do"), **request_)["error"]["code"] == "bad-profile"


@pytest.mark.parametrize("line", [b"garbage", b"[]", b'{"do":"hello"}', b"\xff"])
def test_malformed_line(driver: Driver, line: bytes) -> None:
    """A line that is no message ends the adapter with a message on stderr."""
    driver.say(line)
    driver.process.wait(10)
    status, log = driver.end()
    assert (status, "malformed line" in log) == (1, True)


@pytest.mark.parametrize("bye", [True, False])
def test_the_end(driver: Driver, world: World, *, bye: bool) -> None:
    """``bye`` and the end of the input stop every tunnel and end the adapter with status 0."""
    site = world.site()
    driver.send(id=1, do="open", tunnel="t", profile=profile(world, site))
    driver.send(answer=driver.receive(kind="host-key")["ask"], value="accept")
    driver.receive(id=1)
    if bye:
        assert driver.call(2, "bye") == {"id": 2, "ok": {}}
    assert driver.end() == (0, "")
    world.eventually(lambda: site.sessions == [])


def test_a_tunnel_of_ones_own(world: World) -> None:
    """A tunnel that differs in one respect is a subclass and one call."""
    own = world.folder / "own.py"
    own.write_text(
        "from dataclasses import replace\n"
        "from tunnel_impl import Tunnel\n"
        "from tunnel_impl.adapter.service import serve\n"
        "from tunnel_impl.trust.host_keys import HostKeyChecker\n"
        "class Trusting(HostKeyChecker):\n"
        "    def check(self, session, hop, index):\n"
        "        return None\n"
        "class TrustsEveryone(Tunnel):\n"
        "    parts = replace(Tunnel.parts, host_key_checker=Trusting)\n"
        "serve(TrustsEveryone, name='trusts_everyone')\n"
    )
    driver = Driver(sys.executable, str(own))
    assert driver.call(1, "hello", protocol=1)["ok"]["implementation"]["name"] == "trusts_everyone"
    assert "ok" in driver.call(2, "open", tunnel="t", profile=profile(world, world.site()))
    assert driver.end() == (0, "")
