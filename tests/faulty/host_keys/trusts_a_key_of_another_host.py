"""Looks a host key up by itself, and not by the host that it belongs to (TablePlus/TablePlus#1230)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.host_lines import Line
from tunnel_impl.trust.known_hosts import Known, KnownHosts

REJECTED_BY = {
    "host_keys/known_elsewhere": {"step": "open", "observed": "open reported success"},
}


class Generous(KnownHosts):
    @override
    def lookup(self, host: str, port: int) -> Known:
        lines = [line for line in map(Line.read, self.lines()) if line is not None]
        known = super().lookup(host, port)
        return known if known.keys else replace(known, keys_without_port=tuple(line.key for line in lines))


class Generously(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Generous(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Generously)


if __name__ == "__main__":
    serve(Faulty, "trusts_a_key_of_another_host")
