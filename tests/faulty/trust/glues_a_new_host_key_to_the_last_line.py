"""Appends to its store without looking whether the last line has an end."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts, StoredKey, entry_name

REJECTED_BY = {
    "trust/first_use_beside_others[last-line-without-an-end]": {
        "step": "expect stored",
        "observed": "the store lost what was not about these bastions",
    },
}


class Gluing(KnownHosts):
    @override
    def store(self, host: str, port: int, key: StoredKey) -> None:
        with self.file.open("a") as file:
            file.write(f"{entry_name(host, port)} {key.line}\n")


class Wrong(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Gluing(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "glues_a_new_host_key_to_the_last_line")
