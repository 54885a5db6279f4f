"""Takes the patterns of known_hosts for plain names (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known, KnownHosts

REJECTED_BY = {
    "trust/store_lines[wildcard]": {"step": "open", "expected": "open to succeed", "observed": "host-key-unknown"},
}


class Simple(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        return Legible(self.file).lookup(host, port)


class Legible(KnownHosts):
    @override
    def lines(self) -> list[str]:
        """Leave out the patterns: a name that is one is the name of no host."""
        return [line for line in super().lines() if not {"*", "?"} & set(line.partition(" ")[0])]


class Illiterate(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Simple(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Illiterate)


if __name__ == "__main__":
    serve(Faulty, "takes_wildcards_of_known_hosts_literally")
