"""Looks host keys up without the port and stores them with it, so that a neighbour's key counts (class HOST-3)."""

from __future__ import annotations


from dataclasses import replace
from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.host_keys import HostKeyChecker
from tunnel_impl.known_hosts import Known, KnownHosts, StoredKey
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner


class Neighbourly(KnownHosts):
    def lookup(self, host: str, port: int) -> Known:
        known = super().lookup(host, port)
        return known if known.keys else replace(known, keys=known.keys_without_port + self.of_any_port(host))

    def of_any_port(self, host: str) -> tuple[StoredKey, ...]:
        names = [line.partition(" ")[0] for line in self._lines()]
        ports = [int(name.rpartition(":")[2]) for name in names if name.startswith(f"[{host}]:")]
        return tuple(key for port in ports for key in super(Neighbourly, self).lookup(host, port).keys)


class Confused(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self._known_hosts = Neighbourly(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Confused)


if __name__ == "__main__":
    serve(Faulty, "trusts_a_key_known_at_another_port")
