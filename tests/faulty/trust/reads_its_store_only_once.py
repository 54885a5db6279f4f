"""Reads known_hosts once and goes by that at each reconnect, whatever was revoked meanwhile (class HOST-6)."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known, KnownHosts

REJECTED_BY = {
    "trust/revoked_before_a_reconnect[bastion1]": {
        "step": "expect sessions",
        "expected": "0 SSH sessions at the bastion throughout 3 s",
    },
    "trust/revoked_before_a_reconnect[bastion2]": {
        "step": "expect sessions",
        "expected": "0 SSH sessions at the bastion throughout 3 s",
    },
}

READ: dict[tuple[Path, str, int], Known] = {}


class Remembered(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        place = (self.file, host, port)
        if place not in READ:
            READ[place] = super().lookup(host, port)
        return READ[place]


class Trusting(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Remembered(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Trusting)


if __name__ == "__main__":
    serve(Faulty, "reads_its_store_only_once")
