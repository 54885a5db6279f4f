"""What an adapter knows of the person who runs the suite: as little as lets it run."""

from __future__ import annotations

import pytest

from harness.adapter.processes.environment import inherited


@pytest.mark.parametrize(
    "name",
    ["XDG_CONFIG_HOME", "HTTPS_PROXY", "all_proxy", "SSH_AUTH_SOCK", "HOME", "DBUS_SESSION_BUS_ADDRESS", "MY_TOKEN"],
)
def test_what_is_a_person_s_own_stays_theirs(name: str) -> None:
    """An implementation would find other settings, other ways, or secrets."""
    assert inherited({name: "x"}, engine=True) == {}


@pytest.mark.parametrize("name", ["PATH", "LANG", "LC_ALL", "TMPDIR", "JAVA_HOME", "GOPATH", "PYTHONPATH"])
def test_what_finds_runtimes_is_passed_on(name: str) -> None:
    """An adapter is written in any language."""
    assert inherited({name: "x"}, engine=False) == {name: "x"}


@pytest.mark.parametrize("engine", [True, False])
def test_the_way_to_the_engine_is_for_images(*, engine: bool) -> None:
    """Other adapters have nothing to do with it."""
    assert bool(inherited({"DOCKER_HOST": "unix:///run/docker.sock"}, engine=engine)) is engine
