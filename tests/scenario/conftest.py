"""A stage whose world, adapter and profiles are stand-ins, and servers in the place of a tunnel's local end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, nullcontext
from pathlib import Path
from typing import Any, cast

import pytest

from harness.address import Address
from harness.scenario.stage.stage import Stage
from harness.timeline import Timeline
from harness.world.fabric import ServerEvent
from harness.world.topology import topologies

from .standins import Profiles, Serve, Server, echo, profile_of


class World:
    """As much of a world as most verbs use; its bastions say of everybody that they let him in."""

    topology = topologies()["single_bastion"]

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        """Return a login that is as late as one can be."""
        return (ServerEvent(float("inf"), node, "auth-ok", {"method": "publickey", "user": "alice"}),)


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    """What builds profiles for the stage."""
    return Profiles(tmp_path / "known_hosts", profile_of(tmp_path))


@pytest.fixture
def stage(tmp_path: Path, profiles: Profiles) -> Iterator[Stage]:
    """A stage on which nothing happened yet; tests put their own adapter and world on it."""
    made = Stage(
        scenario=cast("Any", None),
        timeline=Timeline(),
        adapter=cast("Any", None),
        home=tmp_path,
        world=cast("Any", World()),
        profiles=cast("Any", profiles),
        beside=lambda _profile: nullcontext(Address("127.0.0.1", 1)),
    )
    yield made
    made.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Gives each connection to a function; returns where it listens."""
    with ExitStack() as servers:

        def start(behave: Callable[[socket.socket], object]) -> Address:
            return servers.enter_context(closing(Server(behave))).address

        yield start


@pytest.fixture
def echoing(serve: Serve) -> Address:
    """A tunnel that works, as far as an echo goes."""
    return serve(echo)
