"""The command without a terminal: what it prints where, its exit status, and what its options come to."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import HostKeyQuestion, Profile, PromptQuestion
from tunnel_impl.__main__ import _ask, _parser, _profile
from tunnel_impl.profile import AgentAuth, KeyAuth

from .event_loop import PATIENCE

if TYPE_CHECKING:
    from .bastion import Site
    from .world import World


def parse(*arguments: str) -> Profile:
    """Return the profile that options come to."""
    given: argparse.Namespace = _parser().parse_args(["me@bastion", "db:5432", "--key", "k", *arguments])
    return Profile.parse(_profile(given))


def start(world: World, site: Site, *options: str) -> subprocess.Popen[str]:
    """Run the command with a key and nobody at its standard input."""
    key, file = world.key()
    site.authorize(key)
    target = world.target()
    command = [sys.executable, "-m", "tunnel_impl", f"{site.user}@127.0.0.1:{site.port}", f"127.0.0.1:{target.port}"]
    store = ["--known-hosts", str(world.known_hosts)]
    process = subprocess.Popen(
        [*command, "--key", str(file), *store, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    world.at_end(lambda: (process.kill(), process.communicate()))
    return process


def know(world: World, site: Site) -> None:
    """Put the server's key into the store."""
    public = site.host_keys[0].export_public_key().decode()
    world.known_hosts.write_text(f"[127.0.0.1]:{site.port} {public}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_runs_until_a_signal(world: World, number: signal.Signals) -> None:
    """Standard output has the endpoint and nothing else; a signal closes the tunnel and is no failure."""
    site = world.site()
    know(world, site)
    process = start(world, site)
    assert process.stdout
    endpoint = process.stdout.readline()
    assert endpoint.startswith("127.0.0.1:6")
    process.send_signal(number)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, ""), errors


def test_ipv6_endpoint(world: World) -> None:
    """An IPv6 endpoint is printed in brackets."""
    site = world.site()
    know(world, site)
    process = start(world, site, "--local", "[::1]:0")
    assert process.stdout
    assert process.stdout.readline().startswith("[::1]:6")


def test_nobody_answers_about_a_host_key(world: World) -> None:
    """The end of standard input gives up at once, and trusts nothing."""
    site = world.site()
    output, errors = start(world, site).communicate(timeout=PATIENCE)
    assert "Trust it?" in errors
    assert (output, site.credentials, world.known_hosts.exists()) == ("", [], False)


def test_failure_has_a_status(world: World) -> None:
    """A tunnel that cannot be opened is told on standard error, with status 1."""
    site = world.site()
    know(world, site)
    process = start(world, site, "--passphrase", "--jump", "me@127.0.0.1:1")
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (1, "")
    assert "There was nobody to ask" in errors


@pytest.mark.parametrize("typed", ["", "no", "y", "accept", " "])
def test_only_yes_trusts(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """An empty answer about a host key is no."""
    monkeypatch.setattr("builtins.input", lambda: typed)
    question = HostKeyQuestion(0, "bastion", 22, "ssh-ed25519", "SHA256:x", "unknown")
    assert _ask(question) == "reject"


def test_question_on_standard_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A visible prompt goes to standard error with the name and instruction of its round, all made harmless."""
    monkeypatch.setattr("builtins.input", lambda: "blue")
    assert _ask(PromptQuestion(0, "Colour?\x1b[2J ", echo=True, name="Quiz", instruction="Be\x07 honest.\n")) == "blue"
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Quiz\nBe\\x07 honest.\n\nColour?\\x1b[2J "


def test_jumps_in_order() -> None:
    """Jump hosts are passed in the order of their options, with the same key."""
    profile = parse("--jump", "a@first", "--jump", "b@[2001:db8::1]:2222")
    assert [(hop.user, hop.host, hop.port) for hop in profile.hops] == [
        ("a", "first", 22),
        ("b", "2001:db8::1", 2222),
        ("me", "bastion", 22),
    ]
    assert {hop.auth for hop in profile.hops} == {KeyAuth("k")}


def test_keepalive() -> None:
    """``--keepalive`` is the interval in seconds; 0 is off."""
    assert [parse("--keepalive", text).keepalive.interval for text in ("7.5", "0")] == [7.5, 0]
    assert parse().keepalive.interval == 60


@pytest.mark.parametrize(("text", "host"), [("me@2001:db8::1", "2001:db8::1"), ("me@[::1]", "::1"), ("a@b@c", "c")])
def test_server(text: str, host: str) -> None:
    """A server may be an IPv6 address, with brackets or without; a user may have an @."""
    given = _parser().parse_args([text, "db:5432", "--agent"])
    hop = Profile.parse(_profile(given)).hops[0]
    assert (hop.host, hop.port, hop.auth) == (host, 22, AgentAuth())


def test_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--passphrase`` asks for that of the key, and hides it."""
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"for {prompt}")
    assert parse("--passphrase").hops[0].auth == KeyAuth("k", "for Passphrase for k: ")
