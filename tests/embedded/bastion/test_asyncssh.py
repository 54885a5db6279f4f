"""The embedded bastion stands on internals of asyncssh; where one is gone, these say which."""

from __future__ import annotations

import inspect

import asyncssh
import pytest
from asyncssh.constants import MSG_GLOBAL_REQUEST, MSG_NEWKEYS, MSG_SERVICE_REQUEST

from harness.world.embedded.bastion.login import LoginSession

HANDED_ON = ["_pkttype", "_pktid", "packet"]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("__init__", ["loop", "options"]),
        ("send_userauth_success", []),
        ("send_userauth_failure", ["partial_success"]),
        ("validate_public_key", ["username", "key_data", "msg", "signature"]),
        ("validate_password", ["username", "password"]),
        ("get_kbdint_challenge", ["username", "lang", "submethods"]),
        ("validate_kbdint_response", ["username", "responses"]),
        ("add_channel", ["chan"]),
        ("remove_channel", ["recv_chan"]),
        ("data_received", ["data", "datatype"]),
        ("internal_error", ["exc_info", "error_logger"]),
        ("send_packet", ["pkttype"]),
        ("_make_keepalive_request", []),
        ("_send_kexinit", []),
        ("public_key_auth_supported", []),
        ("password_auth_supported", []),
        ("kbdint_auth_supported", []),
        ("_finish_userauth", ["begin_auth", "method", "packet"]),
        ("_process_global_request", HANDED_ON),
        ("_process_newkeys", HANDED_ON),
        ("_process_service_request", HANDED_ON),
    ],
)
def test_a_method_that_a_session_overrides_or_calls_is_there(name: str, parameters: list[str]) -> None:
    """The server connection still has it, with the parameters that the session counts on coming first."""
    found = list(inspect.signature(getattr(asyncssh.SSHServerConnection, name)).parameters)
    assert found[1 : 1 + len(parameters)] == parameters


@pytest.mark.parametrize("message", [MSG_GLOBAL_REQUEST, MSG_NEWKEYS, MSG_SERVICE_REQUEST])
def test_a_message_that_a_session_takes_first_has_a_handler(message: int) -> None:
    """The table of handlers is still a table, and the session's own stands in it."""
    assert message in asyncssh.SSHServerConnection._packet_handlers
    assert LoginSession._packet_handlers[message] is not asyncssh.SSHServerConnection._packet_handlers[message]


@pytest.mark.parametrize("name", ["_auth_in_progress", "_next_service"])
def test_what_a_session_reads_and_sets_of_a_connection_is_used_there(name: str) -> None:
    """The service request is decided by these two attributes."""
    source = inspect.getsource(asyncssh.SSHServerConnection._process_service_request)
    assert f"self.{name}" in source


def test_a_key_exchange_is_begun_as_asyncssh_does_it() -> None:
    """Between exchanges, by sending the first message and noting that it was sent."""
    source = inspect.getsource(asyncssh.SSHServerConnection.send_packet)
    assert "self._kex_complete" in source
    assert "self._send_kexinit()\n            self._kexinit_sent = True" in source


@pytest.mark.parametrize("name", ["_channels", "_username"])
def test_what_a_session_reads_of_a_connection_is_there(name: str) -> None:
    """The channels that there are, and who asks to be let in."""
    assert f"self.{name}" in inspect.getsource(asyncssh.connection.SSHConnection.__init__)
