"""The order in which a tunnel tells its states."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import Tunnel, TunnelError

from ..event_loop import PATIENCE

if TYPE_CHECKING:
    from tunnel_impl.status import Endpoint, State

    from ..world import World


class Slow(Tunnel):
    """Becomes connected only when whatever watches the session has told its loss, or nothing watches it yet."""

    def become(self, state: State, error: TunnelError | None, endpoint: Endpoint | None = None) -> None:
        if endpoint and self._supervisor:
            with self._changed:
                self._changed.wait_for(lambda: self.status().state == "reconnecting", PATIENCE)
        super().become(state, error, endpoint)


def test_session_that_is_lost_while_its_tunnel_opens(world: World) -> None:
    """It is told as connected and then as lost, never the other way round."""
    site = world.site()
    link = world.link(site.port)
    ssh = {"host": "127.0.0.1", "port": link.port, "user": site.user}
    tunnel = world.tunnel(world.profile(site, 1, ssh=ssh, reconnect={"attempts": 1, "first_delay": 60}), Slow)

    def listen_late() -> object:
        link.cut()
        world.eventually(lambda: bool(tunnel.chain and tunnel.chain.ended))
        return tunnel.listen()

    tunnel.open(listen_late)  # type: ignore[arg-type]  # it is a listener
    world.wait_for_state("reconnecting")
    assert [state for state, _ in world.states] == ["connecting", "connected", "reconnecting"]


def test_states_come_in_their_order(world: World) -> None:
    """A state that another thread takes while one is being told is told after it, and nobody waits for that."""
    told: list[str] = []

    def hear(state: State, error: TunnelError | None) -> None:
        del error
        if state == "connecting":
            thread = threading.Thread(target=tunnel.become, args=("reconnecting", None))
            thread.start()
            thread.join(PATIENCE)
        told.append(state)

    tunnel = Tunnel(world.profile(world.site(), 1), on_state=hear)
    tunnel.become("connecting", None)
    assert told == ["connecting", "reconnecting"]


def test_tunnel_that_is_closed_as_it_connects(world: World) -> None:
    """A close by who hears of the connection cancels the opening, and leaves nothing."""
    told: list[str] = []

    def hear(state: State, error: TunnelError | None) -> None:
        del error
        told.append(state)
        if state == "connected":
            tunnel.close()

    tunnel = Tunnel(world.profile(world.site(), 1), world.ask, hear)
    with pytest.raises(TunnelError) as caught:
        tunnel.open()
    assert (caught.value.code, told) == ("cancelled", ["connecting", "connected", "closed"])
