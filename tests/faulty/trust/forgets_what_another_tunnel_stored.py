"""Writes what it read of its store before it asked: what others stored meanwhile is lost."""

from __future__ import annotations

from pathlib import Path

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey, entry_name

REJECTED_BY = {
    "trust/first_uses_at_once": {
        "step": "expect stored",
        "expected": "the store to hold the current key for the bastion within 2s",
        "observed": "0 of 0 stored keys are current",
    },
    "trust/ten_first_uses_at_once": {
        "step": "expect stored",
        "expected": "the store to hold the current key for the bastion within 2s",
        "observed": "0 of 0 stored keys are current",
    },
}


class Stale(KnownHosts):
    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.read = "".join(self.lines())

    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        self.file.write_text(f"{self.read}{entry_name(host, port)} {key.line}\n")


class Wrong(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Stale(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "forgets_what_another_tunnel_stored")
