"""Does not look whether a key that it knows was revoked (net-ssh/net-ssh#833)."""

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
    "trust/revoked_though_known": {"step": "open", "observed": "open reported success"},
}


class Trusting(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        known = super().lookup(host, port)
        return replace(known, revoked=tuple(key for key in known.revoked if key not in known.keys))


class Trustingly(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Trusting(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Trustingly)


if __name__ == "__main__":
    serve(Faulty, "looks_at_revoked_keys_last")
