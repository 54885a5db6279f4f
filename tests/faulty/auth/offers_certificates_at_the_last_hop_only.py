"""Logs in at jump hosts by the bare key, whatever stands beside it (alebeck/boring#26)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.keys.certificates import CertifiedKey
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.life.chain import Chain
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "auth/certificate_at_each_hop": {"step": "open", "observed": "refused tunnel-first"},
}


class Partial(Chain):
    @override
    def new_authenticator(self, index: int, hop: Hop) -> Authenticator:
        last = index == len(self.profile.hops) - 1
        made = super().new_authenticator(index, hop)
        return made if last else Bare(hop, index, self.timeout, self.questioner, self.cancellation, None)


class Bare(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            yield tuple(key for key in signers if not isinstance(key, CertifiedKey))


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Partial(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "offers_certificates_at_the_last_hop_only")
