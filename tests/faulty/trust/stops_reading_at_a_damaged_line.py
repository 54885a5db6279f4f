"""Reads the store up to the first line that it does not understand (net-ssh/net-ssh#833)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.host_lines import Line
from tunnel_impl.trust.known_hosts import KnownHosts

REJECTED_BY = {
    "trust/other_store_lines[among-damaged-lines]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "host-key-unknown",
    },
}


class Brittle(KnownHosts):
    @override
    def lines(self) -> list[str]:
        lines = super().lines()
        damaged = [place for place, line in enumerate(lines) if Line.read(line) is None]
        return lines[: damaged[0]] if damaged else lines


class Brittly(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Brittle(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Brittly)


if __name__ == "__main__":
    serve(Faulty, "stops_reading_at_a_damaged_line")
