"""Can test a connection with a password or a key, and with nothing else."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.profile import KeyAuth, PasswordAuth

REJECTED_BY = {
    "auth/test_connection_logins[agent]": {"step": "test", "observed": "auth-failed"},
    "auth/test_connection_logins[code]": {"step": "test", "observed": "auth-failed"},
    "auth/test_connection_logins[code-of-its-user]": {"step": "test", "observed": "auth-failed"},
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        if not all(isinstance(hop.auth, PasswordAuth | KeyAuth) for hop in self.profile.hops):
            raise TunnelError("auth-failed", "A connection is tested with a password or a key.")
        super().test()


if __name__ == "__main__":
    serve(Faulty, "tests_passwords_and_keys_only")
