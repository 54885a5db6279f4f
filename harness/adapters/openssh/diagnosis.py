"""What ssh's messages mean in the protocol's error codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from harness.adapter.protocol import ErrorDetail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.adapter.protocol import ErrorCode


class _Rule(NamedTuple):
    pattern: str
    code: ErrorCode
    advice: str


# The first rule that any line matches counts, so that a cause stands before its consequence.
_RULES = (
    _Rule("REMOTE HOST IDENTIFICATION HAS CHANGED", "host-key-changed", "find out why before you accept it"),
    _Rule(r"Host key verification failed|No \S+ host key is known", "host-key-unknown", "it is not accepted"),
    _Rule("Could not resolve hostname", "dns-failed", "check the host name"),
    _Rule(r"connect to .*: Connection refused", "connection-refused", "check the port, and that sshd runs"),
    _Rule(
        r"connect to .*: (No route to host|Network is unreachable)",
        "connection-refused",
        "check the address and the network",
    ),
    _Rule(r"(Connection|Operation) timed out", "timeout", "check the address and the firewall"),
    _Rule("no such identity: ", "key-not-found", "check the path of the key"),
    _Rule(r"bad permissions|Load key .*: Permission denied", "key-unreadable", "make it yours only: chmod 600"),
    _Rule(r"Load key .*: incorrect passphrase", "wrong-passphrase", "check the passphrase"),
    _Rule(
        r"Load key .*: (invalid format|error in libcrypto|unknown or unsupported)",
        "key-unsupported",
        "convert the key with ssh-keygen -p",
    ),
    _Rule(r"Permission denied \(|Too many authentication failures", "auth-failed", "check the credentials"),
    _Rule("Address already in use|cannot listen to port", "port-in-use", "choose another local port"),
    _Rule(r"bind \[.*\]:\d+: ", "bad-profile", "the local address cannot be used"),
    _Rule(r"Timeout, server \S+ not responding", "connection-lost", "the server stopped answering"),
    _Rule(
        (
            r"Unable to negotiate|kex_exchange_identification|banner exchange|ssh_dispatch_run_fatal"
            r"|Bad packet length|Protocol mismatch|no matching|Corrupted MAC"
        ),
        "handshake-failed",
        "the server does not speak SSH as expected",
    ),
)
_CHANNEL = re.compile(r"channel \d+: open failed: (?P<reason>[^:]+)(?:: (?P<text>.*))?")
_UNRESOLVED = re.compile(r"resol|not known|no address|getaddrinfo", re.IGNORECASE)
_NOISE = re.compile(r"debug\d: |Killed by signal|Transferred: |Bytes per second")
_NO_AGENT = "get_agent_identities: ssh_get_authentication_socket: "
_REFUSED = "debug1: Authentications that can continue: "
_PARTIAL = re.compile(r"Authenticated .*with partial success")
_SHOWN = 300


def diagnose(lines: Sequence[str]) -> ErrorDetail | None:
    """Return why an ``ssh`` that never became a tunnel ended, None when ``lines`` do not tell."""
    for line in lines:
        if _NO_AGENT in line:
            return _detail("agent-unavailable", "check the agent's socket", line)
    said = [line for line in lines if not _NOISE.match(line)]
    for rule in _RULES:
        for line in said:
            if re.search(rule.pattern, line):
                return _detail(rule.code, rule.advice, _sentence(rule.code, line, said))
    if any("Connection closed" in line or "Connection reset" in line for line in said):
        began = any("SSH2_MSG_SERVICE_ACCEPT received" in line for line in lines)
        code: ErrorCode = "connection-lost" if began else "handshake-failed"
        return _detail(code, "the server ended the connection", said[-1])
    return None


def partly_accepted(lines: Sequence[str]) -> bool:
    """Tell whether the server accepted a credential and wants another (RFC 4252 §5.1)."""
    return any(_PARTIAL.search(line) for line in lines)


def login_refused(lines: Sequence[str]) -> bool:
    """Tell whether the server refused a credential; the first refusal answers the method ``none``."""
    refusals = sum(line.startswith(_REFUSED) for line in lines)
    return refusals - sum(bool(_PARTIAL.search(line)) for line in lines) > 1


def undiagnosed(lines: Sequence[str]) -> ErrorDetail:
    """Return what to say when nothing is understood."""
    said = [line for line in lines if not _NOISE.match(line)]
    return _detail("internal", "ssh ended", said[-1] if said else "it gave no reason")


def lost(lines: Sequence[str]) -> ErrorDetail:
    """Return why a tunnel that worked has ended."""
    said = [line for line in lines if not _NOISE.match(line) and not _CHANNEL.search(line)]
    return _detail("connection-lost", "the connection ended", said[-1] if said else "without a word")


def forward_failure(line: str) -> ErrorDetail | None:
    """Return why a channel to the target was not opened (RFC 4254 §5.1), None when ``line`` is of none."""
    match = _CHANNEL.search(line)
    if match is None:
        return None
    reason, text = match["reason"], match["text"] or ""
    if reason == "administratively prohibited":
        return _detail("forward-prohibited", "the server does not allow this target", line)
    if _UNRESOLVED.search(text):
        return _detail("target-unresolved", "the server does not know the target's name", line)
    if "timed out" in text:
        return _detail("timeout", "the target does not answer the server", line)
    return _detail("forward-refused", "nothing listens at the target, as the server sees it", line)


def jump_failure(lines: Sequence[str]) -> ErrorDetail | None:
    """Return why a jump could not reach the server after it."""
    for line in lines:
        match forward_failure(line):
            case ErrorDetail(code="forward-prohibited"):
                return _detail("jump-failed", "this bastion does not lead further", line)
            case ErrorDetail(code="target-unresolved"):
                return _detail("dns-failed", "the bastion before does not know this host", line)
            case ErrorDetail(code="timeout"):
                return _detail("timeout", "the bastion before got no answer from this host", line)
            case ErrorDetail():
                return _detail("connection-refused", "this host refused the bastion before", line)
    return None


def _sentence(code: ErrorCode, line: str, said: Sequence[str]) -> str:
    if code != "host-key-changed":
        return line
    wanted = ("SHA256:", "Offending ", "fingerprint for the")
    return " ".join(other.strip() for other in said if any(word in other for word in wanted)) or line


def _detail(code: ErrorCode, advice: str, line: str) -> ErrorDetail:
    return ErrorDetail(code=code, message=f"{line.strip()[:_SHOWN]} ({advice})")
