"""Uses the agent of SSH_AUTH_SOCK, whatever socket its profile names."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import AgentAuth, Hop, Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "imports/config_opened[agent]": {"step": "open", "observed": "auth-failed"},
    "imports/url_opened[agent]": {"step": "open", "observed": "auth-failed"},
}


def without_socket(hop: Hop) -> Hop:
    return replace(hop, auth=replace(hop.auth, socket=None)) if isinstance(hop.auth, AgentAuth) else hop


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(replace(profile, hops=tuple(map(without_socket, profile.hops))), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "uses_the_agent_of_its_environment_only")
