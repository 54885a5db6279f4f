"""Reports a host key that has changed as one that it never saw (class HOST-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/host_keys[changed]": {
        "step": "open",
        "expected": "the error host-key-changed",
        "observed": "host-key-unknown",
    },
    "errors/host_keys[changed-where-unknown-keys-are-refused]": {
        "step": "open",
        "expected": "the error host-key-changed",
        "observed": "host-key-unknown",
    },
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError as error:
            if error.code != "host-key-changed":
                raise
            raise TunnelError("host-key-unknown", str(error)) from error


if __name__ == "__main__":
    serve(Faulty, "calls_a_changed_host_key_an_unknown_one")
