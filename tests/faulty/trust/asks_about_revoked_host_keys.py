"""Skips the lines of @revoked, so that a revoked key is only an unknown one (class HOST-6)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known, KnownHosts

REJECTED_BY = {
    "trust/revoked": {"step": "open", "observed": "open reported success"},
}


class Markerless(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        return replace(super().lookup(host, port), revoked=())


class Careless(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Markerless(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Careless)


if __name__ == "__main__":
    serve(Faulty, "asks_about_revoked_host_keys")
