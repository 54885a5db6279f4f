"""Keeps a host key under the name without the port (dbeaver/dbeaver#19212, Xpra-org/xpra#4599)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known, KnownHosts, StoredKey

REJECTED_BY = {
    "trust/ports_apart": {"step": "open", "expected": "open to succeed", "observed": "host-key-changed"},
}


class Portless(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        del port
        return super().lookup(host, 22)

    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        del port
        super().store(host, 22, key)


class Confused(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Portless(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Confused)


if __name__ == "__main__":
    serve(Faulty, "keeps_host_keys_by_name_only")
