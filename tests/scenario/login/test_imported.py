"""Profiles made of what an implementation itself imported."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest

from harness.adapter.profile import AgentAuth, GeneratedTotp, KeyAuth, PasswordAuth, Target
from harness.adapter.protocol import ImportConfigOk, ImportUrlOk
from harness.scenario.login.imported import from_config, from_url

from ..standins import profile_of


def config(**said: Any) -> ImportConfigOk:
    """Return what a configuration said of a host."""
    return ImportConfigOk.model_validate({"host": "db", "port": 2200, **said})


def url(**said: Any) -> ImportUrlOk:
    """Return what a URL said."""
    database = {"engine": "mysql", "host": "shop.internal", "port": 3306}
    return ImportUrlOk.model_validate({"ssh": {"host": "jump"}, "method": "password", "database": database, **said})


def test_servers_come_from_the_import_and_the_rest_stays(tmp_path: Path) -> None:
    """In their order; the second factor is in no file."""
    usual = profile_of(tmp_path).model_copy(update={"totp": GeneratedTotp(secret="ABCD")})
    found = config(user="deploy", host_key_alias="prod", jumps=[{"host": "one", "port": 22, "user": "u"}])
    made = from_config(usual, found)
    assert (made.ssh.host, made.ssh.port, made.ssh.user, made.ssh.host_key_alias) == ("db", 2200, "deploy", "prod")
    assert [(jump.host, jump.port, jump.user) for jump in made.jumps] == [("one", 22, "u")]
    assert (made.totp, made.target, made.host_keys) == (usual.totp, usual.target, usual.host_keys)


def test_nobody_named_is_the_local_user(tmp_path: Path) -> None:
    """As with ssh(1): an import that loses the user opens nothing."""
    usual = profile_of(tmp_path)
    assert from_config(usual, config()).ssh.user == getpass.getuser()
    assert from_url(usual, url()).ssh.user == getpass.getuser()


@pytest.mark.parametrize(
    ("said", "auth"),
    [
        ({"identity_files": ["/a"]}, KeyAuth(file="/a")),
        ({"identity_files": ["/a"], "identity_agent": "none", "identities_only": True}, KeyAuth(file="/a")),
        ({"identity_files": ["/a"], "identity_agent": "/s"}, AgentAuth(socket="/s")),
        (
            {"identity_files": ["/a"], "identity_agent": "/s", "identities_only": True},
            AgentAuth(socket="/s", file="/a"),
        ),
        ({"identity_agent": "SSH_AUTH_SOCK"}, AgentAuth()),
        ({}, AgentAuth()),
    ],
)
def test_a_named_agent_goes_before_a_file(tmp_path: Path, said: dict[str, Any], auth: object) -> None:
    """A file picks one of its keys where IdentitiesOnly says so."""
    made = from_config(profile_of(tmp_path), config(**said, jumps=[{"host": "one", "port": 22, **said}]))
    assert made.auth == auth
    assert made.jumps[0].auth == auth


def test_the_first_key_that_is_there_counts(tmp_path: Path) -> None:
    """As with ssh(1), which passes over files that do not exist."""
    there = tmp_path / "there"
    there.touch()
    made = from_config(profile_of(tmp_path), config(identity_files=[str(tmp_path / "not"), str(there)]))
    assert made.auth == KeyAuth(file=str(there))


@pytest.mark.parametrize(
    ("said", "auth"),
    [
        ({"ssh": {"host": "jump", "password": "p"}}, PasswordAuth(password="p")),
        ({"method": "agent", "agent_socket": "/s"}, AgentAuth(socket="/s")),
        ({"method": "key"}, KeyAuth(file="/mine")),
    ],
)
def test_a_url_chooses_method_and_target(tmp_path: Path, said: dict[str, Any], auth: object) -> None:
    """It names no key: that is the user's."""
    usual = profile_of(tmp_path).model_copy(update={"auth": KeyAuth(file="/mine")})
    made = from_url(usual, url(**said))
    assert made.auth == auth
    assert made.target == Target(host="shop.internal", port=3306)
