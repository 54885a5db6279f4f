"""Trusts every host key when it only tests a connection, and shows its credential to whoever answers."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "auth/test_connection_trust[unknown-refused]": {"step": "test", "observed": "test reported success"},
    "auth/test_connection_trust[changed-refused]": {
        "step": "test",
        "expected": "test to be refused",
        "observed": "test reported success",
    },
}


class Trusting(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        """Take whatever is shown."""


class Hasty(Tunnel):
    parts = Parts(host_key_checker=Trusting)


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        Hasty(self.profile, self.questioner.ask).test()


if __name__ == "__main__":
    serve(Faulty, "checks_no_host_key_in_a_test")
