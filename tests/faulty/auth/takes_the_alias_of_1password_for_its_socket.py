"""Looks for 1Password's agent at the short alias too, which is there only if its user made it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import AgentAuth, Hop, Profile
from tunnel_impl.questions import Ask, cannot_ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "auth/alias_of_1password": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
}


def by_its_alias(hop: Hop) -> Hop:
    alias = Path("~/.1password/agent.sock").expanduser()
    if isinstance(hop.auth, AgentAuth) and hop.auth.socket == "1password" and alias.exists():
        return replace(hop, auth=replace(hop.auth, socket=str(alias)))
    return hop


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = lambda *_: None) -> None:
        super().__init__(replace(profile, hops=tuple(map(by_its_alias, profile.hops))), ask, on_state)


if __name__ == "__main__":
    serve(Faulty, "takes_the_alias_of_1password_for_its_socket")
