"""Texts of users, with the places and secrets of a world filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from harness.address import Address
from harness.errors import UsageError
from harness.scenario.language.model import BastionSpec
from harness.scenario.login.credentials import Credentials
from harness.scenario.login.logins import Logins
from harness.scenario.login.profile import ProfileBuilder
from harness.scenario.login.setups import setup
from harness.scenario.login.texts import Texts, blanks
from harness.scenario.props.props import Props
from harness.text.redaction import Redactor
from harness.world.fabric import BastionSetup
from harness.world.topology import topologies


@dataclass
class World:
    """Every node is at an address of its own."""

    credentials: Credentials
    topology = topologies()["single_bastion"]

    def address(self, node: str) -> Address:
        return Address(f"{node}.test", 2200)

    def setup(self, node: str) -> BastionSetup:
        return setup(node, BastionSpec(), self.credentials)


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[Texts]:
    """Those of a scenario whose home has a short path."""
    credentials, props = Credentials(Redactor()), Props()
    world = cast("Any", World(credentials))
    yield Texts(ProfileBuilder(world, Logins(credentials, props, tmp_path), tmp_path))
    props.close()


def test_places_and_logins_are_filled_in(texts: Texts) -> None:
    """Also more than one in a line."""
    login = texts.profiles.login("bastion")
    assert texts.filled("<bastion.user>@<bastion.host>:<bastion.port>") == f"{login.user}@bastion.test:2200"
    assert texts.filled("<target.host>:<target.port> <bastion.alias>") == (
        "target.test:2200 bastion.alias.tunspec.test"
    )
    assert texts.filled("<bastion.password>", lambda value: value.upper()) == login.password.upper()


def test_a_key_and_its_public_half_belong_together(texts: Texts) -> None:
    """They are the ones that the bastion knows."""
    assert texts.filled("<bastion.key>").startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    assert texts.filled("<bastion.public>").strip() in texts.profiles.world.setup("bastion").authorized_keys


def test_an_agent_is_named_by_a_short_path(texts: Texts, tmp_path: Path) -> None:
    """It runs, and has other keys before the right one."""
    assert texts.filled("<bastion.agent>") == "~/bastion.sock"
    assert (tmp_path / "bastion.sock").is_socket()
    assert [one.path.name for one in texts.profiles.logins.props.agents] == ["bastion.sock"]


def test_the_target_has_no_login(texts: Texts) -> None:
    """A scenario that wants one is wrong."""
    with pytest.raises(UsageError, match="the target has a host and a port only"):
        texts.filled("<target.user>")


def test_only_known_words_are_blanks() -> None:
    """Other text in angle brackets is text."""
    assert list(blanks("<a.host> <b c> <d.key> <e>")) == [("a", "host"), ("d", "key")]
    with pytest.raises(ValueError, match="'hots' is not one of host, port"):
        list(blanks("<a.hots>"))
