"""Knows a key by the first name on its line only (apache/mina-sshd#71)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts

REJECTED_BY = {
    "trust/other_store_lines[among-other-names]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "host-key-unknown",
    },
}


class Short(KnownHosts):
    @override
    def lines(self) -> list[str]:
        return [
            " ".join((names.partition(",")[0], rest))
            for names, _, rest in (line.partition(" ") for line in super().lines())
        ]


class Shortly(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Short(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Shortly)


if __name__ == "__main__":
    serve(Faulty, "reads_one_name_of_a_line")
