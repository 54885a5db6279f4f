"""The configuration that the openssh adapter writes, as ``ssh -G`` reads it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from harness.adapter.profile import (
    ONE_PASSWORD,
    AgentAuth,
    Endpoint,
    HostKeys,
    Jump,
    KeepAlive,
    KeyAuth,
    PasswordAuth,
    Profile,
    PromptedTotp,
    Target,
    Timeouts,
)
from harness.adapters.command.failure import Failure
from harness.adapters.openssh.config import render

if TYPE_CHECKING:
    from pathlib import Path

    from harness.adapter.profile import Auth


@pytest.fixture
def awkward(tmp_path: Path) -> Profile:
    """A profile with values that need quoting."""
    return Profile(
        ssh=Endpoint(host="::1", port=2202, user='CORP\\al "ice"'),
        auth=KeyAuth(file="/keys/my key 100%d"),
        totp=PromptedTotp(),
        jumps=(Jump(host="first.example", port=2201, user="bob", auth=PasswordAuth(password="hush")),),
        host_keys=HostKeys(file=str(tmp_path / "known hosts"), unknown="reject"),
        target=Target(host="fe80::2", port=5432),
        keepalive=KeepAlive(interval=0.5, count=4),
        timeouts=Timeouts(connect=1.2),
    )


def read(profile: Profile, folder: Path, alias: str) -> dict[str, str]:
    """Return what ssh makes of the configuration."""
    file = folder / "config"
    file.write_text(render(profile, folder, 60001))
    said = subprocess.run(["ssh", "-G", "-F", file, alias], capture_output=True, check=True, text=True).stdout
    return dict(line.split(" ", 1) for line in said.splitlines() if " " in line)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("hostname", "::1"),
        ("port", "2202"),
        ("user", 'CORP\\al "ice"'),
        ("localforward", "[127.0.0.1]:60001 [fe80::2]:5432"),
        ("serveraliveinterval", "1"),
        ("serveralivecountmax", "4"),
        ("connecttimeout", "2"),
        ("exitonforwardfailure", "yes"),
        ("stricthostkeychecking", "true"),
        ("identitiesonly", "yes"),
        ("identityagent", "none"),
        ("updatehostkeys", "false"),
    ],
)
def test_ssh_reads_what_the_profile_says(awkward: Profile, tmp_path: Path, option: str, value: str) -> None:
    """Quoting, rounding and policies come out as meant."""
    assert read(awkward, tmp_path, "hop1")[option] == value


def test_a_percent_sign_stays_one(awkward: Profile, tmp_path: Path) -> None:
    """A key file's name is not expanded as a token of ssh_config(5)."""
    assert 'IdentityFile "/keys/my key 100%%d"' in render(awkward, tmp_path, 1)


@pytest.mark.parametrize(
    ("auth", "option", "path"),
    [
        (KeyAuth(file="~/key"), "identityfile", "key"),
        (AgentAuth(socket="~/agent"), "identityagent", "agent"),
        (AgentAuth(socket="1password"), "identityagent", ONE_PASSWORD),
    ],
)
def test_the_home_is_the_environments(
    awkward: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: Auth, option: str, path: str
) -> None:
    """And not the one that the user database has, which ssh would take."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    profile = awkward.model_copy(update={"auth": auth})
    assert read(profile, tmp_path, "hop1")[option] == str(tmp_path / "home" / path)


def test_each_hop_has_its_own_login(awkward: Profile, tmp_path: Path) -> None:
    """The first server is asked for a password and does no forwarding; the secret is not in the file."""
    first = read(awkward, tmp_path, "hop0")
    assert (first["hostname"], first["user"], first["pubkeyauthentication"]) == ("first.example", "bob", "false")
    assert "localforward" not in first
    assert "hush" not in (tmp_path / "config").read_text()


def test_what_the_profile_does_not_give_is_left_to_ssh(awkward: Profile, tmp_path: Path) -> None:
    """Keep-alives, time limits, ports and the methods' order are ssh's own then."""
    bare = awkward.model_copy(
        update={"keepalive": KeepAlive(), "timeouts": Timeouts(), "ssh": Endpoint(host="db", user="alice")}
    )
    options = ("serveraliveinterval", "serveralivecountmax", "connecttimeout", "preferredauthentications", "port")
    said = read(bare, tmp_path, "hop1")
    assert [said.get(option) for option in options] == ["0", "3", "none", None, "22"]


def test_a_key_is_checked_under_its_alias(awkward: Profile, tmp_path: Path) -> None:
    """As ssh_config(5) has it, HostKeyAlias."""
    aliased = awkward.model_copy(update={"ssh": Endpoint(host="::1", user="alice", host_key_alias="db.example")})
    assert read(aliased, tmp_path, "hop1")["hostkeyalias"] == "db.example"


@pytest.mark.parametrize("host", ["two\nlines", "", "${HOME}"])
def test_a_value_that_ssh_would_change_is_a_bad_profile(awkward: Profile, tmp_path: Path, host: str) -> None:
    """Nothing of a profile can become another option."""
    bad = awkward.model_copy(update={"ssh": Endpoint(host=host, user="alice")})
    with pytest.raises(Failure) as failure:
        render(bad, tmp_path, 1)
    assert failure.value.detail.code == "bad-profile"
