"""Shows a fingerprint that nobody can compare: of the key's base64 text, not of the key."""

from __future__ import annotations

import base64
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.questions import HostKeyQuestion
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

REJECTED_BY = {
    "host_keys/unknown_accepted": {"step": "expect asked", "observed": "which is not the bastion's"},
}


class Misleading(HostKeyChecker):
    @override
    def question(self, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> HostKeyQuestion:
        question = super().question(hop, index, key, stored)
        return replace(question, fingerprint=StoredKey(key.type, base64.b64encode(key.blob)).fingerprint)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Misleading)


if __name__ == "__main__":
    serve(Faulty, "shows_the_fingerprint_of_the_encoded_key")
