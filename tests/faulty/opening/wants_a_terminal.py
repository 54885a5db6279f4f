"""Asks for a session channel after the login and gives up where it gets none.

See sequelpro/sequelpro#1766, pahaz/sshtunnel#264.
"""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.channel import Phase
from tunnel_impl.ssh.opening import Opening
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/one_after_the_other[max-sessions-0]": {
        "step": "open",
        "observed": "auth-failed (The server gives this account no session.)",
    },
}


class Interactive(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        super().log_in(session, signers)
        answered = threading.Event()
        terminal = session.ask_for_channel(Opening("session", b""), answered.set)
        answered.wait(self.timeout)
        if terminal.phase is not Phase.OPEN:
            raise TunnelError("auth-failed", "The server gives this account no session.")


class Faulty(Tunnel):
    parts = Parts(authenticator=Interactive)


if __name__ == "__main__":
    serve(Faulty, "wants_a_terminal")
