"""What passes a link, as the world notes it."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest

from harness.errors import FabricBroken
from harness.timeline import Timeline
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup, Passed

pytestmark = pytest.mark.docker


def sizes(passed: tuple[Passed, ...], towards: str) -> int:
    """Return how many bytes went one way."""
    return sum(one.size for one in passed if one.towards == towards)


def test_what_passes_a_link_is_noted_both_ways(world: DockerWorld, dial: Any, until: Any) -> None:
    """Bytes of one connection, each way, at times of the monotonic clock; the relay's way onward is not told."""
    world.watch("to-bastion")
    before = time.monotonic()
    with dial() as tunnel:
        assert len(tunnel.echo(b"x" * 50_000)) == 50_000
        until(lambda: min(sizes(world.traffic("to-bastion"), way) for way in ("server", "client")) > 50_000)
        passed = world.traffic("to-bastion")
    assert len({one.connection for one in passed}) == 1
    assert max(sizes(passed, "server"), sizes(passed, "client")) < 70_000
    assert before - 0.01 <= passed[0].at <= passed[-1].at <= time.monotonic() + 0.01


def test_a_message_is_one_piece_at_its_time(tunnel: Any, world: DockerWorld, until: Any) -> None:
    """What an idle client sends is told with the moment in which it was sent."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        world.watch("to-bastion")
        sent = time.monotonic()
        client.talk(b"now")
        until(lambda: bool(sizes(world.traffic("to-bastion"), "server")))
        first = next(one for one in world.traffic("to-bastion") if one.towards == "server")
    assert sent - 0.01 <= first.at <= sent + 0.5  # 10 ms is the error of two clocks read one after the other


@pytest.mark.parametrize("topology", ["single_bastion", "flaky_network"])
def test_the_way_to_the_target_can_be_watched(world: DockerWorld, dial: Any, until: Any) -> None:
    """With a relay in the link and without one, exactly what the bastion sends to the target is told."""
    link = f"to-{world.topology.target}"
    world.watch(link)
    with dial() as tunnel:
        assert tunnel.echo() == b"hello"
    until(lambda: sizes(world.traffic(link), "client") == len(b"hello"))
    assert sizes(world.traffic(link), "server") == len(b"ECHO\nhello")


def test_a_link_is_watched_for_one_scenario(world: DockerWorld, setup: BastionSetup, until: Any) -> None:
    """After a new beginning nobody notes what passes."""
    world.watch("to-bastion")
    world.begin(Timeline(), {"bastion": setup})
    with pytest.raises(FabricBroken, match="not watched"):
        world.traffic("to-bastion")
    until(lambda: not _captures(world))


def test_a_capture_that_died_is_no_silence(world: DockerWorld, until: Any) -> None:
    """Where nobody notes what passes any more, that is said."""
    world.watch("to-bastion")
    world._parts.nodes["to-bastion"].shell.run(f"kill -KILL {' '.join(_captures(world))}")

    def told() -> bool:
        try:
            world.traffic("to-bastion")
        except FabricBroken:
            return True
        return False

    until(told)


def _captures(world: DockerWorld) -> list[str]:
    """Return the ids of the processes of tcpdump at the link."""
    _, found = world._parts.nodes["to-bastion"].shell.ask("grep -slx tcpdump /proc/[0-9]*/comm")
    return [path.split("/")[2] for path in found]
