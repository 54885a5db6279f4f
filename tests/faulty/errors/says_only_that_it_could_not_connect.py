"""Says of every failure that it could not connect, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.status import Endpoint

REJECTED_BY = {
    "errors/no_way": {"step": "open", "expected": "a message that says 'unreachable|no route|no way'"},
    "errors/words_about_a_port": {"step": "open", "observed": "connection-refused (Could not connect.)"},
    "errors/words[path-of-a-missing-key]": {"step": "open", "observed": "key-not-found (Could not connect.)"},
    "errors/words[mode-of-an-unreadable-key]": {"step": "open", "observed": "key-unreadable (Could not connect.)"},
    "errors/words[mode-of-a-key-that-is-open-to-others]": {
        "step": "open",
        "observed": "key-unreadable (Could not connect.)",
    },
    "errors/words[wrong-passphrase]": {"step": "open", "observed": "wrong-passphrase (Could not connect.)"},
    "errors/words[authorized-keys]": {"step": "open", "observed": "auth-failed (Could not connect.)"},
    "errors/words[user-and-password]": {"step": "open", "observed": "auth-failed (Could not connect.)"},
    "errors/method_not_offered[key-where-only-passwords-are-taken]": {
        "step": "open",
        "observed": "auth-failed (Could not connect.)",
    },
}


class Faulty(Tunnel):
    @override
    def open(self, listen: Callable[[], Listener] | None = None) -> Endpoint:
        try:
            return super().open(listen)
        except TunnelError as error:
            raise TunnelError(error.code, "Could not connect.", error.hop) from error


if __name__ == "__main__":
    serve(Faulty, "says_only_that_it_could_not_connect")
