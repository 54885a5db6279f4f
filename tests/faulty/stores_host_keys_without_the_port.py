"""Stores a host key under the host alone, as if each address had one server (dbeaver/dbeaver#19212)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.host_keys import HostKeyChecker
from tunnel_impl.known_hosts import KnownHosts, StoredKey
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner


class Portless(KnownHosts):
    def store(self, host: str, port: int, key: StoredKey) -> None:
        del port
        super().store(host, 22, key)


class Sloppy(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self._known_hosts = Portless(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Sloppy)


if __name__ == "__main__":
    serve(Faulty, "stores_host_keys_without_the_port")
