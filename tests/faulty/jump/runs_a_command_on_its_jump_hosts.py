"""Opens a session channel on each jump host, as for netcat, and none on the last one (class OPEN-5)."""

from __future__ import annotations

from paramiko import Message
from paramiko.common import cMSG_CHANNEL_OPEN
from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.channel import PACKET, WINDOW
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "jump/two_hops": {"step": "expect session_channels", "observed": "1 session channels among 2 channels at bastion1"},
}


class Nosy(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        super().log_in(session, signers)
        if self.index == 0:
            request = Message()
            request.add_byte(cMSG_CHANNEL_OPEN)
            request.add_string("session")
            for number in (session._next_channel(), WINDOW, PACKET):
                request.add_int(number)
            session.post(request)


class Faulty(Tunnel):
    parts = Parts(authenticator=Nosy)


if __name__ == "__main__":
    serve(Faulty, "runs_a_command_on_its_jump_hosts")
