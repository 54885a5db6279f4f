"""Replaces a whole line of its store where only one of its names has a new key."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey, entry_name

REJECTED_BY = {
    "trust/change_beside_others[several-names-on-a-line]": {
        "step": "expect stored",
        "observed": "the store lost what was not about these bastions",
    },
}


class Whole(KnownHosts):
    @override
    def replace(self, host: str, port: int, old: StoredKey, key: StoredKey) -> None:
        del old
        name = entry_name(host, port)
        lines = [line for line in self.lines() if name not in line]
        self.write("".join([*lines, f"{name} {key.line}\n"]))


class Wrong(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Whole(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "drops_other_names_of_a_replaced_line")
