"""Asks about an unknown host key and goes on with the login meanwhile (TablePlus/TablePlus#1230)."""

from __future__ import annotations

import threading
from contextlib import suppress

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.life.chain import Chain
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "host_keys/nothing_sent_before_the_answer[password]": {
        "step": "expect credentials_shown",
        "observed": "1 credentials",
    },
    "host_keys/nothing_sent_before_the_answer[key]": {"step": "expect credentials_shown", "observed": "1 credentials"},
}


class Hurried(Chain):
    @override
    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        def log_in() -> None:
            with suppress(TunnelError):
                authenticator.log_in(session, signers)

        login = threading.Thread(target=log_in)
        login.start()
        try:
            self.checker.check(session, hop, index)
        finally:
            login.join()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Hurried(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "logs_in_while_its_user_looks")
