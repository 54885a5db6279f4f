"""Clears all entries of a host name when it replaces one, whatever their port (class HOST-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey

REJECTED_BY = {
    "trust/only_that_entry": {"step": "expect stored", "observed": "the store lost what was not about these bastions"},
}


class Thorough(KnownHosts):
    @override
    def replace(self, host: str, port: int, old: StoredKey, key: StoredKey) -> None:
        del old
        self.write("".join(line for line in self.lines() if host not in line.partition(" ")[0]))
        self.store(host, port, key)


class Sweeping(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Thorough(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Sweeping)


if __name__ == "__main__":
    serve(Faulty, "drops_the_neighbours_entry_with_its_own")
