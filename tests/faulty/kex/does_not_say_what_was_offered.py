"""Says that there is no agreement, and not on what (class KEX)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "kex/nothing_in_common[cipher]": {"step": "open", "expected": "a message that says"},
    "kex/nothing_in_common[key-exchange]": {"step": "open", "expected": "a message that says"},
    "kex/nothing_in_common[mac]": {"step": "open", "expected": "a message that says"},
}


class Terse(Chain):
    @override
    def handshake_failure(self, session: Session, hop: Hop) -> TunnelError:
        del session
        return TunnelError("handshake-failed", f"{hop}: Incompatible ssh peer (no acceptable algorithm)")


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Terse(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "does_not_say_what_was_offered")
