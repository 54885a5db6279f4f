"""Reads sshd's log (LogLevel DEBUG1, OpenSSH 9.2) as events.

Source of the phrases: OpenSSH's auth.c, packet.c, serverloop.c and sshd.c (a rekeying is told once, when the client's
new keys come into force), our own pam_dialogue.c, and the scripted
server, which has sshd's phrases. A credential is known by its outcome: a public key that is offered and not yet signed
with is not an outcome (``Postponed``), so one key is one try.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.world.fabric import EventKind

Seen = tuple[EventKind, dict[str, str]]
Processes = Mapping[str, tuple[str, str]]
"""Id to name and command line."""

_PEER = r"(?P<host>[0-9a-fA-F.:]+) port (?P<port>\d+)"
OURS = ("127.0.0.1", "::1")  # evidence is taken from inside the container; nothing else comes from there

_CONNECTED = re.compile(rf"Connection from {_PEER} on ")
_OUTCOME = re.compile(
    rf"(?P<outcome>Accepted|Failed|Partial) (?P<method>(?!none\b)[^ /]+)(?:/\S+)? "
    rf"for (?:invalid user )?(?P<user>.*) from {_PEER}"
)
_POSTPONED = re.compile(rf"Postponed password for (?P<user>.*) from {_PEER}")
_DIRECT_TCPIP = re.compile(
    r"debug1: server_request_direct_tcpip: originator (?P<from>\S*) port (?P<from_port>\d+), "
    r"target (?P<to>.*) port (?P<to_port>\d+)"
)
_ASKED = re.compile(r"debug1: userauth-request for user (?P<user>.*) service ssh-connection method (?P<method>\S+)")
_LET_IN = re.compile(rf"Accepted none for (?P<user>.*) from {_PEER}")
_REKEYING = re.compile(r"debug1: SSH2_MSG_KEXINIT sent$")
"""Of the first exchange it stands with ``[preauth]`` behind it."""
_REKEYED = re.compile(r"debug1: ssh_set_newkeys: rekeying in,")
_CHANNEL = re.compile(r"debug1: server_input_channel_open: ctype (?P<type>(?!direct-tcpip)\S+) ")
_GLOBAL_REQUEST = re.compile(
    r"debug1: server_input_global_request: rtype (?P<name>\S+) want_reply (?P<want_reply>[01])"
)
_CHANNEL_REQUEST = re.compile(
    r"debug1: server_input_channel_req: channel \d+ request (?P<name>\S+) reply (?P<want_reply>[01])"
)
_ALIVE = re.compile(r"debug1: Got (?P<type>\d+)/\d+ for keepalive")
_GLOBAL_ANSWERS = {"81", "82"}
"""SSH_MSG_REQUEST_SUCCESS and SSH_MSG_REQUEST_FAILURE; other messages answer requests on channels."""
_DISCONNECTED = re.compile(
    r"(?:fatal: |error: )?(?P<reason>Connection (?:closed|reset) by|Disconnected from|Disconnecting|"
    r"Timeout, client not responding from|Timeout before authentication for|Read error from remote host|"
    r"Unable to negotiate with|banner exchange: Connection from|ssh_dispatch_run_fatal: Connection from)"
    rf".*?{_PEER}"
)
_BROKE = re.compile(
    r"(?:fatal|error): (?P<reason>.*(?:child terminated by signal (?!9\b|15\b)|out of memory|[Cc]annot allocate|"
    r"Missing privilege separation|PAM: initiali[sz]ation failed).*)|Traceback \(most recent call last\):"
)
"""What sshd says when it breaks off for a reason of its own, and how the scripted server ends by an exception.

A process that was killed or ended is a fault's doing, and what a client did wrong is said in other words.
"""
_ANSWER = re.compile(r"(?:pam_dialogue|scripted): matched=(?P<matched>\S+) left=(?P<left>\S+) prompt=(?P<prompt>.*)")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
_LOGGED_IN = re.compile(r"sshd(-session)?: [^\[]*$")
_RESULTS: Mapping[str, EventKind] = {"Accepted": "auth-ok", "Failed": "auth-failed", "Partial": "log"}


class LogReader:
    """Reads one bastion's lines in order; each connection ends once, however many lines say so."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def read(self, text: str) -> tuple[Seen, ...]:
        """Return what one line tells; a line that tells nothing is a ``log``."""
        return (
            self._coming_and_going(text)
            or _outcome(text)
            or _requests(text)
            or _answer(text)
            or _defect(text)
            or (("log", {"text": text}),)
        )

    def logged_in(self, processes: Processes) -> int:
        """Return how many of the server's running processes serve somebody who is logged in.

        They are called ``scripted-login``, or have the title ``sshd: <user>``, or ``sshd-session: <user>``.
        """
        return sum(name == "scripted-login" or bool(_LOGGED_IN.match(title)) for name, title in processes.values())

    def _coming_and_going(self, text: str) -> tuple[Seen, ...]:
        if (match := _CONNECTED.match(text)) and match["host"] not in OURS:
            peer = f"{match['host']}:{match['port']}"
            self._open.add(peer)
            return (("connected", {"peer": peer}),)
        if match := _DISCONNECTED.match(text):
            peer = f"{match['host']}:{match['port']}"
            if peer in self._open:
                self._open.remove(peer)
                return (("disconnected", {"peer": peer, "reason": match["reason"]}),)
        return ()


def _outcome(text: str) -> tuple[Seen, ...]:
    if match := _ASKED.match(text):
        return (("auth-asked", {"method": match["method"], "user": match["user"]}),)
    if match := _LET_IN.match(text):
        return (("auth-ok", {"method": "none", "user": match["user"]}),)
    if match := _POSTPONED.match(text):
        return (("auth-tried", {"method": "password", "user": match["user"]}),)
    match = _OUTCOME.match(text)
    if match is None:
        return ()
    detail = {"method": match["method"], "user": match["user"]}
    result = _RESULTS[match["outcome"]]
    return ("auth-tried", detail), (result, {"text": text} if result == "log" else detail)


def _requests(text: str) -> tuple[Seen, ...]:
    if match := _DIRECT_TCPIP.match(text):
        originator = f"{match['from']}:{match['from_port']}"
        where = {"host": match["to"], "port": match["to_port"], "originator": originator}
        return (("channel", {"type": "direct-tcpip", **where}),)
    if match := _CHANNEL.match(text):
        return (("channel", {"type": match["type"]}),)
    if _REKEYING.match(text):
        return (("rekeying", {}),)
    if _REKEYED.match(text):
        return (("rekeyed", {}),)
    if match := _CHANNEL_REQUEST.match(text):
        wanted = "true" if match["want_reply"] == "1" else "false"
        return (("channel-request", {"name": match["name"], "want_reply": wanted}),)
    if match := _ALIVE.match(text):
        return (("alive-answered", {"by": "global" if match["type"] in _GLOBAL_ANSWERS else "channel"}),)
    if match := _GLOBAL_REQUEST.match(text):
        wanted = "true" if match["want_reply"] == "1" else "false"
        return (("global-request", {"name": match["name"], "want_reply": wanted}),)
    return ()


def _defect(text: str) -> tuple[Seen, ...]:
    match = _BROKE.match(text)
    return (("broke", {"reason": match["reason"] or text}),) if match else ()


def _answer(text: str) -> tuple[Seen, ...]:
    match = _ANSWER.match(text)
    if match is None:
        return ()
    prompt = _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), match["prompt"])
    left = {"left": match["left"]} if match["matched"].endswith("code") else {}
    return (("answer", {"prompt": prompt, "matched": match["matched"], **left}),)
