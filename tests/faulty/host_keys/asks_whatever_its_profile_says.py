"""Asks about unknown host keys although the profile says that they are to be rejected (TablePlus/TablePlus#1230)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "host_keys/unknown_by_policy[password]": {"step": "open", "observed": "open reported success"},
    "host_keys/unknown_by_policy[agent]": {"step": "open", "observed": "open reported success"},
}


class Asking(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(replace(policy, unknown="ask"), questioner)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Asking)


if __name__ == "__main__":
    serve(Faulty, "asks_whatever_its_profile_says")
