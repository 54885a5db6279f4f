"""Leaves its store readable for everybody when it adds a line."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey

REJECTED_BY = {
    "trust/first_use_beside_others[plain]": {
        "step": "expect stored",
        "observed": "the store is open to more people than before: 044",
    },
}


class Open(KnownHosts):
    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        super().store(host, port, key)
        self.file.chmod(0o644)


class Wrong(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Open(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "opens_its_store_to_everybody")
