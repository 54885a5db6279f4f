from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import paramiko
import pytest


class Answers(paramiko.Transport):
    """Notes which messages come back."""

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self.unimplemented: list[int] = []
        self._handler_table = {**self._handler_table, paramiko.common.MSG_UNIMPLEMENTED: self._take}

    def _take(self, message: paramiko.Message) -> None:
        self.unimplemented.append(message.get_int())


@pytest.mark.parametrize("name", ["keepalive@openssh.com", "keepalive@lag.net"])
@pytest.mark.parametrize("answer", ["failure", "success"])
def test_a_keepalive_is_answered_as_the_setup_says(
    user: Any, world: Any, timeline: Any, setup: Any, answer: Any, name: str
) -> None:
    """Whoever made the request up; and the bastion tells it."""
    world.begin(timeline, {"bastion": replace(setup, keepalives=answer)})
    reply = user.login().global_request(name, wait=True)
    assert (reply is not None) is (answer == "success")
    seen = [event.detail for event in world.events("bastion") if event.kind == "global-request"]
    assert seen == [{"name": name, "want_reply": "true"}]


def test_a_keepalive_may_be_unimplemented(user: Any, world: Any, timeline: Any, setup: Any, until: Any) -> None:
    """The answer has the number of the packet that was not understood (RFC 4253, section 11.4)."""
    world.begin(timeline, {"bastion": replace(setup, keepalives="unimplemented")})
    transport = Answers(user.dial("to-bastion"))
    user._cleanup.callback(transport.close)
    transport.start_client(timeout=5)
    transport.auth_publickey("alice", paramiko.Ed25519Key.from_private_key(io.StringIO(user.private_key)))
    number = transport.packetizer._Packetizer__sequence_number_out
    transport.global_request("keepalive@openssh.com", wait=False)
    until(lambda: transport.unimplemented == [number])
    assert transport.is_active()


def test_another_global_request_is_answered_with_failure(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """The setup is about keep-alives only."""
    world.begin(timeline, {"bastion": replace(setup, keepalives="success")})
    assert user.login().global_request("something@example.com", wait=True) is None
