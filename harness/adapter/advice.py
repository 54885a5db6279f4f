"""What each error code of the adapter protocol means to a user, and what usually fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.adapter.protocol import ErrorCode


@dataclass(frozen=True)
class Advice:
    """``when`` an implementation gives a code, and what usually ``fixes`` its cause."""

    when: str
    fixes: str


ADVICE: Final[Mapping[ErrorCode, Advice]] = {
    "bad-profile": Advice("the profile cannot be used", "correct the setting that the message names"),
    "dns-failed": Advice("the server's name is not known", "check the spelling, the VPN, and the resolver"),
    "connection-refused": Advice(
        "TCP to the server fails at once: refused, or no route",
        "check host and port, and that sshd runs and listens there; a firewall may refuse, too",
    ),
    "timeout": Advice(
        "a time limit passed", "check that the address is right and no firewall drops packets; else raise the limit"
    ),
    "handshake-failed": Advice(
        "the connection ends, or goes wrong, before keys are agreed",
        "check that SSH answers at this port, and that client and server share algorithms; see MaxStartups",
    ),
    "connection-lost": Advice(
        "the connection ends during the login, or later", "look into the server's log; turn keep-alives on"
    ),
    "host-key-unknown": Advice(
        "an unknown host key was rejected", "compare the fingerprint with the server's, and accept it if it is the same"
    ),
    "host-key-changed": Advice(
        "a changed or revoked host key was rejected",
        "ask the server's administrator why it changed; remove the old key only after that",
    ),
    "auth-failed": Advice(
        "the server refused what the profile and the user gave",
        "check user and password or key, authorized_keys and its permissions, and the server's AuthenticationMethods",
    ),
    "totp-rejected": Advice("the server refused the one-time code", "check the clocks of both sides, and the secret"),
    "key-not-found": Advice("there is no such key file", "correct the path of the key"),
    "key-unreadable": Advice("the key file may not be read, or others may read it", "chmod 600 the key, and own it"),
    "key-unsupported": Advice(
        "the file is not a private key that the implementation can use",
        "name the private key and not the .pub file; convert it with ssh-keygen -p, or make a new one",
    ),
    "wrong-passphrase": Advice("the key's passphrase is wrong, or missing", "enter the passphrase of this key"),
    "agent-unavailable": Advice("no agent answers", "start ssh-agent, and check SSH_AUTH_SOCK"),
    "agent-no-match": Advice("the agent has no key that the server accepts", "ssh-add the key"),
    "jump-failed": Advice(
        "a server on the way cannot or will not reach the next one",
        "check the next server's address as the jump host sees it, and AllowTcpForwarding and PermitOpen there",
    ),
    "forward-refused": Advice(
        "the last server cannot connect to the target", "check that the target runs and listens, as that server sees it"
    ),
    "forward-prohibited": Advice(
        "the last server does not allow it", "set AllowTcpForwarding and PermitOpen in its sshd_config"
    ),
    "target-unresolved": Advice(
        "the last server does not know the target's name", "use a name or an address that this server knows"
    ),
    "port-in-use": Advice("the local port is taken", "choose another port, or 0 for any that is free"),
    "bad-url": Advice("a connection URL is wrong", "escape special characters with %, and check the host"),
    "unsupported-scheme": Advice("a connection URL is of another kind", "use a scheme that the implementation lists"),
    "cancelled": Advice("the user gave up, or the tunnel was closed while it opened", "open it again"),
    "internal": Advice("anything else", "report it to the implementation's authors, with its log"),
}
