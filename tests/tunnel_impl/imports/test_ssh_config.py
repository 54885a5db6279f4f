"""OpenSSH configurations: what the tables of scenarios cannot say."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunnel_impl import TunnelError
from tunnel_impl.imports.ssh_config import load_host
from tunnel_impl.patterns import matches, matches_any

STEADY = settings(derandomize=True, max_examples=200, deadline=None)

KEYWORDS = ("Host", "Match", "Include", "IdentityFile", "IdentityAgent", "HostName", "Port", "User", "ProxyJump")
ARGUMENTS = ("all", "host", "final", "exec", "web", "*", "!web", "config", "~", "~nobody-here", "[::1]:22", "ssh://")
TOKENS = ("%h", "%", "%%", "${", "${HOME}", "$X", '"', "'", "\\", "=", "#", ",", "@", "\n", "\t", "\0", "none", "ä")
WORDS = st.sampled_from((*KEYWORDS, *ARGUMENTS, *TOKENS))


def outcome(file: Path, host: str) -> str:
    """Return ``read``, or the code of the refusal."""
    try:
        load_host(file, host)
    except TunnelError as error:
        return error.code
    return "read"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration of a home of one's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    return tmp_path / ".ssh" / "config"


def test_local_tokens(config: Path) -> None:
    """Tokens of this machine are what the machine says."""
    config.write_text("IdentityFile %u_%i_%l_%L_%k\n")
    name = socket.gethostname()
    expected = f"{getpass.getuser()}_{os.getuid()}_{name}_{name.partition('.')[0]}_web"
    assert load_host(config, "web").identity_files == (expected,)


def test_a_variable_may_name_the_agent(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``IdentityAgent $NAME`` is the value of that variable, and no agent where it is not set."""
    config.write_text("IdentityAgent $TUNSPEC_AGENT\n")
    assert load_host(config, "web").identity_agent == "none"
    monkeypatch.setenv("TUNSPEC_AGENT", "/run/agent.sock")
    assert load_host(config, "web").identity_agent == "/run/agent.sock"


def test_match_localuser(config: Path) -> None:
    """``Match localuser`` is about who runs this."""
    config.write_text(f"Match localuser {getpass.getuser()}\n  User mine\n")
    assert load_host(config, "web").user == "mine"


def test_a_warning_names_file_line_and_keyword_once(config: Path) -> None:
    """A second pass over the file does not repeat it."""
    config.write_text("ForwardAgent yes\nMatch final\n  User late\n")
    (warning,) = load_host(config, "web").warnings
    assert warning.startswith(f"{config}:1: ForwardAgent: ")


def test_warnings_of_jump_hosts_are_told(config: Path) -> None:
    """What is left out of a jump host's block matters as much."""
    config.write_text("Host web\n  ProxyJump bastion\nHost bastion\n  ProxyCommand nc %h %p\n")
    assert "ProxyCommand" in " ".join(load_host(config, "web").warnings)


def test_a_file_that_cannot_be_read_as_text_is_read_as_far_as_it_can(config: Path) -> None:
    """A comment in another encoding is no reason to refuse the rest."""
    config.write_bytes(b"# gr\xfc\xdfe\nUser deploy\n")
    assert load_host(config, "web").user == "deploy"


@pytest.mark.parametrize("path", ["", ".", "missing", "nul\0"])
def test_no_file(config: Path, path: str) -> None:
    """A path that leads to no file is bad-profile."""
    with pytest.raises(TunnelError) as caught:
        load_host(config.parent / path, "web")
    assert caught.value.code == "bad-profile"


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("web", "w*b", True),
        ("wb", "w*b", True),
        ("web", "w?b", True),
        ("wb", "w?b", False),
        ("web", "WEB", False),
        ("w.b", "w?b", True),
        ("web", "w.b", False),
        ("a" * 200, "*a" * 20 + "b", False),
    ],
)
def test_patterns(name: str, pattern: str, *, expected: bool) -> None:
    """``*`` and ``?`` are the only special characters."""
    assert matches(name, pattern) is expected


def test_a_negated_pattern_wins_wherever_it_stands() -> None:
    """Before and after the pattern that matches."""
    assert not matches_any("web", ["*", "!web"])
    assert not matches_any("web", ["!web", "*"])
    assert not matches_any("web", ["!db"])


@STEADY
@given(st.lists(WORDS, max_size=24), st.text(min_size=1, max_size=6))
def test_any_file_is_read_or_refused_by_its_documented_error(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], host: str
) -> None:
    """Whatever stands in the file, nothing but bad-profile comes out."""
    home = tmp_path_factory.mktemp("fuzz")
    file = home / ".ssh" / "config"
    file.parent.mkdir()
    file.write_text(" ".join(words).replace(" = ", "="), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOME", str(home))
        assert outcome(file, host) in {"read", "bad-profile"}
