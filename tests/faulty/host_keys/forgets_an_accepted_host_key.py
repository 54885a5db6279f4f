"""Trusts a host key that the user accepted, and does not store it: each time is the first (class HOST-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey

REJECTED_BY = {
    "host_keys/unknown_accepted": {"step": "expect stored", "observed": "0 of 0 stored keys are current"},
}


class Transient(KnownHosts):
    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        """Keep nothing."""


class Forgetful(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Transient(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "forgets_an_accepted_host_key")
