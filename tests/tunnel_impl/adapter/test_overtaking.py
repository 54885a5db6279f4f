"""A close that comes before what it closes has begun, or just as it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter.asking import Asker, Questions
from tunnel_impl.adapter.slot import TunnelSlot
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.keys.agent import Agent
from tunnel_impl.profile import AgentAuth

if TYPE_CHECKING:
    from tunnel_impl import Profile
    from tunnel_impl.status import OnState

    from ..world import World


def test_close_before_the_opening_begins(world: World) -> None:
    """A request that was taken in and closed before it was served is cancelled; nobody connects."""

    def make(profile: Profile, asker: Asker, on_state: OnState) -> Tunnel:
        del asker
        return Tunnel(profile, world.ask, on_state)

    site = world.site()
    slot = TunnelSlot(make, lambda: Questions(lambda _: None).asker("t"))
    call = slot.admit(world.profile(site, 1), world._on_state)
    slot.close()
    with pytest.raises(TunnelError) as caught:
        call()
    assert (caught.value.code, slot.status().state, site.credentials) == ("cancelled", "closed", [])


def test_close_just_after_the_agent() -> None:
    """A cancellation that finds the agent's socket closed goes on."""
    cancellation = Cancellation()
    with Agent(AgentAuth("agent.sock"), 1, cancellation) as agent:
        pass
    with cancellation.wakes(agent.hang_up):
        cancellation.cancel()
    assert cancellation
