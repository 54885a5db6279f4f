"""Configurations: what ``ssh -G`` says of files of every kind, those that it refuses included."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tunnel_impl import TunnelError
from tunnel_impl.imports.ssh_config import HostConfig, load_host

from ..real_ssh import needs_ssh, run

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES = Path(__file__).parent / "cases" / "ssh_config"


@pytest.mark.parametrize(
    ("name", "host", "names"),
    [("bom", "anything", ("bom:1", "byte-order mark")), ("typo", "other", ("typo:3", "Hots", "Host"))],
)
def test_refused_cases(name: str, host: str, names: tuple[str, ...]) -> None:
    """An unknown keyword refuses the file, and the message says where and why."""
    with pytest.raises(TunnelError) as caught:
        load_host(CASES / name, host)
    assert caught.value.code == "bad-profile"
    assert all(word in caught.value.message for word in names), caught.value.message


def test_a_proxy_command_that_is_a_jump() -> None:
    """``ssh -W %h:%p bastion`` leads through the bastion, with the settings of its own block."""
    found = load_host(CASES / "proxy_w", "db")
    assert ([jump.host for jump in found.jumps], found.host, found.warnings) == (["b.example"], "10.9.8.7", ())


def test_host_key_alias_case() -> None:
    """The alias is imported, and nothing is warned of."""
    found = load_host(CASES / "hostkeyalias", "db")
    assert (found.host_key_alias, found.port, found.warnings) == ("db-alias", 2222, ())


def test_port_by_name() -> None:
    """A port may be a service's name."""
    assert load_host(CASES / "port_name", "db").port == 22


def _by_ssh(file: Path, host: str) -> Mapping[str, list[str]] | None:
    """Return what ``ssh -G`` prints, by keyword; None where it refuses the file."""
    done = run("-G", "-F", str(file), host)
    if done.returncode:
        return None
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        found.setdefault(keyword, []).append(value)
    return found


def _same(ours: HostConfig, theirs: Mapping[str, list[str]]) -> bool:
    known_hosts = ([" ".join(ours.known_hosts_files)], ["none"])
    return (
        (theirs["hostname"] == [ours.host.lower()] or ours.host.isdigit())
        and theirs["port"] == [str(ours.port)]
        and (ours.user is None or theirs["user"] == [ours.user])
        and theirs.get("hostkeyalias", [None]) == [ours.host_key_alias]
        and theirs["identitiesonly"] == ["yes" if ours.identities_only else "no"]
        and not ours.jumps
        and len(theirs.get("certificatefile", [])) == len(ours.certificate_files)
        and (not ours.known_hosts_files or theirs["userknownhostsfile"] in known_hosts)
    )


KEYWORDS = (
    "Host", "Host", "Host", "Host", "HostName", "HostName", '"HostName"',
    "Port", "Port", "User", "User", "HostKeyAlias", "Match",
    "IdentitiesOnly", "CertificateFile", "UserKnownHostsFile", "ForwardAgent", "Compression",
    "ServerAliveInterval", "ServerAliveCountMax", "SetEnv",
    "LocalForward", "LogLevel", "StrictHostKeyChecking", "IgnoreUnknown", "Hots", "UseKeychain",
    "X-Note", "\ufeffHost", "Protocol", "SendEnv", "ConnectTimeout", "Tag", "hOsTnAmE", "AddKeysToAgent",
)  # fmt: skip
ARGUMENTS = (
    "db", "db", "web", "*", "d*", "!db *", "db web", "x.example", "10.0.0.9", "%h.example", "22", "2222", "ssh", "0",
    "65536", "http", "yes", "no", "YES", "maybe", "none", "all", "host db", "originalhost web", "user u", "30", "30s",
    "1m30s", "a b", '"a b"', '"', "'", "", " ", "# note", "x # note", "=db", "= db", "U*", "UseKeychain,X-*",
    "8080 db:80", "INFO", "/k", "/a /b", "exec true", "!all", "host=db", "\u00a0", "db\u00a0", "-x", "u@j:22", "ask",
)  # fmt: skip
LINE = st.tuples(
    st.sampled_from(("", "  ", "\t")), st.sampled_from(KEYWORDS), st.sampled_from((" ", " ", "\t", "=", "  ")),
    st.sampled_from(ARGUMENTS), st.sampled_from(("\n", "\n", "\n", "\r\n", " \n", "\f\n")),
)  # fmt: skip


def _by_us(file: Path, host: str) -> HostConfig | str:
    """Return what the reference makes of the file, or why it refuses it."""
    try:
        return load_host(file, host)
    except TunnelError as error:
        return error.message


_STRICTER = ("Tag", "-x", "\u00a0", "exec")
"""What may differ: keywords of a newer ssh, names that cannot be those of hosts, programs that are not run."""


@needs_ssh
@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.lists(LINE, min_size=1, max_size=7))
@example(lines=[("", "IgnoreUnknown", " ", "U*", "\n"), ("", "UseKeychain", " ", "yes", "\n")])
@example(
    lines=[("", "Host", " ", "web", "\n"), ("", "IgnoreUnknown", " ", "U*", "\n"), ("", "UseKeychain", " ", "x", "\n")]
)
@example(lines=[("", "Host", " ", "web", "\n"), ("", "Port", " ", "maybe", "\n")])
@example(lines=[("", "UserKnownHostsFile", " ", "# note", "\n"), ("", "UserKnownHostsFile", " ", "/k", "\n")])
@example(lines=[("", "SetEnv", " ", "# note", "\n")])
@example(lines=[("", "CertificateFile", " ", "# note", "\n")])
def test_verdict(tmp_path: Path, lines: list[tuple[str, ...]]) -> None:
    """Both refuse the same files, and find the same host, port, user, alias and files in the others."""
    text = "".join("".join(line) for line in lines)
    file = tmp_path / "config"
    file.write_bytes(text.encode())
    ours = _by_us(file, "db")
    if any(word in text for word in _STRICTER) or "is not a host" in str(ours):
        return
    theirs = _by_ssh(file, "db")
    if isinstance(ours, str) or theirs is None:
        assert isinstance(ours, str), "ssh refuses it"
        assert theirs is None, ours
    else:
        assert _same(ours, theirs), (ours, theirs)
