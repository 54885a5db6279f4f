"""Logs the profile that it opens, passwords included (CWE-532)."""

from __future__ import annotations

import sys
from dataclasses import asdict

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "auth/secrets_hidden[password]": {"step": "expect secrets", "observed": "a secret in its log"},
    "auth/secrets_hidden[second-factor]": {"step": "expect secrets", "observed": "a secret in its log"},
}


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        print("connecting:", asdict(self.profile), file=sys.stderr, flush=True)
        return super().new_chain(io_loop)


if __name__ == "__main__":
    serve(Faulty, "logs_its_profile")
