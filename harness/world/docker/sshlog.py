"""Reads sshd's log (LogLevel DEBUG1, OpenSSH 9.2) as events.

Source of the phrases: OpenSSH's auth.c, auth2.c, packet.c, serverloop.c and sshd.c.
"""

from __future__ import annotations

import re

from harness.timeline import Kind
from harness.world.fabric import EventKind

_PEER = r"(?P<host>[0-9a-fA-F.:]+) port (?P<port>\d+)"
_RULES: tuple[tuple[EventKind, re.Pattern[str]], ...] = (
    ("connected", re.compile(rf"Connection from {_PEER} on ")),
    (
        "auth-tried",
        re.compile(r"debug1: userauth-request for user (?P<user>.*) service \S+ method (?P<method>(?!none\b)\S+)"),
    ),
    ("auth-ok", re.compile(rf"Accepted (?P<method>(?!none\b)\S+) for (?P<user>.*) from {_PEER}")),
    (
        "auth-failed",
        re.compile(rf"Failed (?P<method>(?!none\b)\S+) for (?:invalid user )?(?P<user>.*) from {_PEER}"),
    ),
    (
        "channel",
        re.compile(
            r"debug1: server_request_direct_tcpip: originator (?P<from>\S+) port (?P<from_port>\d+), "
            r"target (?P<host>.*) port (?P<port>\d+)"
        ),
    ),
    ("channel", re.compile(r"debug1: server_input_channel_open: ctype (?P<type>(?!direct-tcpip)\S+) ")),
    (
        "global-request",
        re.compile(r"debug1: server_input_global_request: rtype (?P<name>\S+) want_reply (?P<want_reply>[01])"),
    ),
    (
        "disconnected",
        re.compile(
            rf"(?P<reason>Connection (?:closed|reset) by|Disconnected from|Disconnecting|"
            rf"Timeout, client not responding from|Timeout before authentication for|Read error from remote host|"
            rf"Unable to negotiate with|banner exchange: Connection from|ssh_dispatch_run_fatal: Connection from).*?"
            rf"{_PEER}"
        ),
    ),
)


def parse(text: str) -> tuple[EventKind, dict[str, str]]:
    """Return kind and detail of one line of the log."""
    for kind, pattern in _RULES:
        if match := pattern.match(text.removeprefix("fatal: ").removeprefix("error: ")):
            return kind, _detail(kind, match.groupdict())
    return "log", {"text": text}


def _detail(kind: EventKind, found: dict[str, str]) -> dict[str, str]:
    match kind:
        case "connected":
            return {"peer": f"{found['host']}:{found['port']}"}
        case "disconnected":
            return {"peer": f"{found['host']}:{found['port']}", "reason": found["reason"]}
        case "auth-tried" | "auth-ok" | "auth-failed":
            return {"method": found["method"], "user": found["user"]}
        case "channel" if "type" not in found:
            originator = f"{found['from']}:{found['from_port']}"
            return {"type": "direct-tcpip", "host": found["host"], "port": found["port"], "originator": originator}
        case "global-request":
            return {"name": found["name"], "want_reply": "true" if found["want_reply"] == "1" else "false"}
        case _:
            return found


def timeline_kind(kind: EventKind, detail: dict[str, str]) -> Kind:
    """Return how an event is shown on the timeline."""
    match kind:
        case "connected" | "disconnected" | "channel":
            return "connection"
        case "global-request":
            return "keepalive" if detail["name"].startswith("keepalive@") else "log"
        case "auth-tried" | "auth-ok" | "auth-failed":
            return "observation"
        case _:
            return "log"
