"""Leaves out the names of a line that begin with an exclamation mark, and believes the others.

See martian56/redcell#235.
"""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import HostKeys
from tunnel_impl.questions import Questioner
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import KnownHosts

REJECTED_BY = {
    "trust/excepted_host": {"step": "open", "observed": "open reported success"},
}


class Positive(KnownHosts):
    @override
    def lines(self) -> list[str]:
        return [
            " ".join((",".join(name for name in names.split(",") if not name.startswith("!")), rest))
            for names, _, rest in (line.partition(" ") for line in super().lines())
        ]


class Positively(HostKeyChecker):
    def __init__(self, policy: HostKeys, questioner: Questioner) -> None:
        super().__init__(policy, questioner)
        self.known_hosts = Positive(policy.file)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Positively)


if __name__ == "__main__":
    serve(Faulty, "passes_over_exceptions_in_known_hosts")
