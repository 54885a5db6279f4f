"""Asks about host keys when it tests a connection, and stores none that its user accepts."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey

REJECTED_BY = {
    "auth/test_connection_trust[unknown-accepted]": {"step": "expect stored", "observed": "stored keys are current"},
    "auth/test_connection_trust[changed-accepted]": {
        "step": "expect asked",
        "expected": "a question about the changed host key",
    },
}


class Transient(KnownHosts):
    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        """Keep nothing."""


class Forgetful(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Transient(policy.file)


class Transitory(Tunnel):
    parts = Parts(host_key_checker=Forgetful)


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        Transitory(self.profile, self.questioner.ask).test()


if __name__ == "__main__":
    serve(Faulty, "stores_nothing_that_a_test_accepts")
