from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.errors import FabricBroken
from harness.faults.model import Forget, Mtu, Oversize
from harness.probe.target import pattern

LINK = "to-target"
AFTER = 2
"""Seconds of idleness that no busy machine is taken for."""


def silent(client: socket.socket) -> bool:
    """Tell whether nothing comes for a while."""
    client.settimeout(0.15)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)
    return False


def echoes(client: socket.socket) -> bool:
    """Tell whether a byte comes back."""
    client.sendall(b"b")
    return client.recv(1) == b"b"


def echoing(user: Any) -> socket.socket:
    """Return a connection through the link that echoes."""
    client: socket.socket = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    return client


# --- forget


def test_forgetting_proves_itself_without_any_traffic(world: Any, until: Any) -> None:
    """A connection of its own is idle and then unheard, and nobody counts it."""
    fault = world.inject(Forget(LINK, AFTER))
    assert not fault.evidence().proven
    assert fault.evidence().summary == "nothing was idle for 2 s yet"
    until(lambda: fault.evidence().proven)
    assert fault.evidence().summary == "an idle connection was forgotten after 2 s; 0 bytes of others dropped"
    assert (world.link_connections(LINK), world.target_connections(), world.traffic(LINK)) == (0, (), ())
    fault.heal()
    fault.heal()
    assert fault.evidence().proven


def test_an_idle_connection_is_forgotten_for_good(user: Any, world: Any, until: Any) -> None:
    """What either end sends vanishes while the connection stays, and healing resets it."""
    client = echoing(user)
    fault = world.inject(Forget(LINK, AFTER))
    until(lambda: fault.evidence().proven)
    client.sendall(b"lost")
    assert silent(client)
    client.sendall(b"lost too")
    assert silent(client)
    until(lambda: fault.evidence().summary.endswith("; 12 bytes of others dropped"))
    assert [connection.received for connection in world.target_connections()] == [1]
    fault.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_what_the_target_sends_to_who_was_forgotten_vanishes(user: Any, world: Any) -> None:
    """The other direction is forgotten as well."""
    client = user.dial(LINK, b"CLOSE 5000\n")
    world.inject(Forget(LINK, AFTER))
    client.settimeout(6)
    with pytest.raises(TimeoutError):
        client.recv(1)


def test_a_connection_that_talks_is_remembered(user: Any, world: Any, until: Any) -> None:
    """Traffic one way every 200 ms keeps both directions for longer than the time, and healing leaves it alone."""
    client = user.dial(LINK, b"DRIP 20 200\n")
    fault = world.inject(Forget(LINK, 3))
    assert b"".join(client.recv(1) for _ in range(20)) == pattern(0, 0, 20)
    until(lambda: fault.evidence().proven)
    assert fault.evidence().summary.endswith("; 0 bytes of others dropped")
    client = echoing(user)
    fault.heal()
    assert echoes(client)


def test_new_connections_are_welcome_to_a_forgetful_link(user: Any, world: Any, until: Any) -> None:
    """Their time begins when they do."""
    fault = world.inject(Forget(LINK, AFTER))
    until(lambda: fault.evidence().proven)
    assert echoes(echoing(user))


def test_a_link_cannot_forget_too_soon(world: Any) -> None:
    """A busy machine would be taken for an idle connection."""
    with pytest.raises(FabricBroken, match=r"write 0\.5 s or more"):
        world.inject(Forget(LINK, 0.2))


def test_a_world_begins_with_its_memory(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """The next scenario finds a link that forgets nothing."""
    world.inject(Forget(LINK, AFTER))
    world.begin(timeline, {"bastion": setup})
    assert user.dial(LINK, b"DRIP 1 3000\n").recv(1) == pattern(0, 0, 1)


# --- oversize


def test_a_large_piece_and_what_follows_it_vanish(user: Any, world: Any, until: Any) -> None:
    """Small ones pass until then, the other direction goes on, and healing resets the connection."""
    client = echoing(user)
    fault = world.inject(Oversize(LINK, 1000))
    assert echoes(client)
    assert not fault.evidence().proven
    client.sendall(bytes(1001))
    assert silent(client)
    client.sendall(b"small")
    assert silent(client)
    until(lambda: fault.evidence().summary == "1006 bytes in or behind packets of more than 1000 dropped")
    assert fault.evidence().proven
    fault.heal()
    fault.heal()
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_an_identification_string_passes_whatever_follows_it(user: Any, world: Any) -> None:
    """Programs write it by itself, and a large KEXINIT right after it is lost alone."""
    client = echoing(user)
    world.inject(Oversize(LINK, 1000))
    client.sendall(b"SSH-2.0-hasty\r\n" + bytes(1001))
    assert client.recv(100) == b"SSH-2.0-hasty\r\n"
    assert silent(client)


def test_a_large_piece_of_the_target_vanishes(user: Any, world: Any) -> None:
    """Each direction is a path of its own."""
    world.inject(Oversize(LINK, 1000))
    client = user.dial(LINK, b"SEND 5000 1\n")
    assert silent(client)


def test_a_connection_of_small_pieces_outlives_the_black_hole(user: Any, world: Any) -> None:
    """Healing resets only what has a hole."""
    client = echoing(user)
    world.inject(Oversize(LINK, 1000)).heal()
    assert echoes(client)


def test_packets_have_no_mtu_here(world: Any) -> None:
    """The relay has bytes, not packets, and says which fabric has them."""
    assert world.why_not(Mtu(LINK, 1280)) == "needs the docker fabric: packets"
