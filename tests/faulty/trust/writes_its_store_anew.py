"""Writes its store anew from what it understood of it: comments and damaged lines are gone."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts

REJECTED_BY = {
    "trust/first_use_beside_others[comments]": {
        "step": "expect stored",
        "observed": "the store lost what was not about these bastions",
    },
    "trust/first_use_beside_others[damaged-lines]": {
        "step": "expect stored",
        "observed": "the store lost what was not about these bastions",
    },
}


class Anew(KnownHosts):
    @override
    def lines(self) -> list[str]:
        return [line for line in super().lines() if len(line.split()) == 3 and not line.startswith("#")]


class Wrong(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Anew(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "writes_its_store_anew")
