"""Reads only lines of three fields, and so none with a comment at its end (class HOST-6)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known, KnownHosts

REJECTED_BY = {
    "trust/store_lines[with-comments]": {"step": "open", "expected": "open to succeed", "observed": "host-key-unknown"},
}


class Simple(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        return Legible(self.file).lookup(host, port)


class Legible(KnownHosts):
    @override
    def lines(self) -> list[str]:
        return [line for line in super().lines() if len(line.split()) == 3]


class Illiterate(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Simple(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Illiterate)


if __name__ == "__main__":
    serve(Faulty, "cannot_read_comments_of_known_hosts")
