"""Logs in with a password at a jump host, which takes keys and agents only."""

from __future__ import annotations

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "jump/password_refused[password]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "errors/password_at_a_jump_host": {
        "step": "open",
        "expected": "the error bad-profile",
        "observed": "open reported success",
    },
}

strict = profile.read_jump


def lax(jump: Fields) -> Hop:
    auth = jump.section("auth")
    if auth.text("method") != "password":
        return strict(jump)
    with jump:
        return Hop(jump.text("host"), jump.port("port", 22), jump.text("user"), profile.read_auth(auth))


profile.read_jump = lax


if __name__ == "__main__":
    serve(name="takes_passwords_for_jump_hosts")
