"""The keywords of sshd_config(5) that an embedded bastion supports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.world.embedded.bastion import sshd_config as read

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYWORDS = (
    "AllowStreamLocalForwarding",
    "AllowTcpForwarding",
    "ChannelTimeout",
    "Ciphers",
    "ClientAliveCountMax",
    "ClientAliveInterval",
    "Compression",
    "DisableForwarding",
    "HostKeyAlgorithms",
    "KbdInteractiveAuthentication",
    "KexAlgorithms",
    "LoginGraceTime",
    "MACs",
    "MaxAuthTries",
    "MaxSessions",
    "MaxStartups",
    "PasswordAuthentication",
    "PerSourcePenalties",
    "PermitOpen",
    "PubkeyAcceptedAlgorithms",
    "PubkeyAuthentication",
    "RekeyLimit",
    "UnusedConnectionTimeout",
)
METHODS = ("publickey", "password", "keyboard-interactive")
_LOCAL_FORWARDING = {"yes", "all", "local"}


@dataclass(frozen=True)
class Policy:
    """sshd_config(5) as an embedded bastion understands it; times in seconds, defaults as there.

    ``password`` and ``keyboard_interactive`` are None where nothing was said. There are no penalties to switch
    off, so ``PerSourcePenalties no`` is obeyed by nature; so is ``MaxSessions``, for there is no session channel.
    ``channel_timeouts`` are by type of channel, ``startups`` is None where any number may log in at once. Where
    ``ciphers``, ``macs`` or ``key_exchanges`` are empty, the bastion's own choice is offered.
    """

    tcp_forwarding: bool = True
    socket_forwarding: bool = True
    permit_open: tuple[str, ...] = ()
    alive_interval: float = 0
    alive_count: int = 3
    grace: float = 120
    tries: int = 6
    password: bool | None = None
    public_key: bool = True
    keyboard_interactive: bool | None = None
    rekey_bytes: int = 0
    rekey_seconds: float = 0
    unused_timeout: float = 0
    channel_timeouts: Mapping[str, float] = field(default_factory=dict)
    startups: int | None = None
    accepted: tuple[str, ...] = read.ACCEPTED
    """The algorithms of keys, certificates and signatures that may be used to log in."""
    ciphers: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    key_exchanges: tuple[str, ...] = ()
    host_key_algorithms: tuple[str, ...] = read.ACCEPTED
    compression: bool = True
    """Whether zlib@openssh.com is offered beside none."""

    def permits(self, host: str, port: int) -> bool:
        """Tell whether a ``direct-tcpip`` channel to ``host`` may be opened; names are compared literally."""
        if not self.tcp_forwarding:
            return False
        return not self.permit_open or any(entry in self.permit_open for entry in (f"{host}:{port}", f"{host}:*"))


def parse(keywords: Mapping[str, str]) -> Policy:
    """Read sshd_config(5) keywords, in any case. Raises ValueError for what is malformed or not obeyed."""
    known = {name.lower(): name for name in _KEYWORDS}
    given: dict[str, str] = {}
    for keyword, value in keywords.items():
        if keyword.lower() not in known:
            raise ValueError(f"the embedded bastion does not support {keyword}; it supports {', '.join(_KEYWORDS)}")
        given[known[keyword.lower()]] = value
    if given.get("PerSourcePenalties", "no") != "no":
        raise ValueError("the embedded bastion supports only PerSourcePenalties no")
    int(given.get("MaxSessions", "10"))
    permit_open = tuple(given.get("PermitOpen", "any").split())
    rekey_bytes, _, rekey_seconds = given.get("RekeyLimit", "default none").partition(" ")
    forwarding = given.get("DisableForwarding", "no") == "no"
    return Policy(
        tcp_forwarding=forwarding and given.get("AllowTcpForwarding", "yes") in _LOCAL_FORWARDING,
        socket_forwarding=forwarding and given.get("AllowStreamLocalForwarding", "yes") in _LOCAL_FORWARDING,
        permit_open=() if permit_open == ("any",) else permit_open,
        alive_interval=read.seconds(given.get("ClientAliveInterval", "0")),
        alive_count=int(given.get("ClientAliveCountMax", "3")),
        grace=read.seconds(given.get("LoginGraceTime", "120")),
        tries=int(given.get("MaxAuthTries", "6")),
        password=read.said(given.get("PasswordAuthentication")),
        public_key=given.get("PubkeyAuthentication", "yes") == "yes",
        keyboard_interactive=read.said(given.get("KbdInteractiveAuthentication")),
        rekey_bytes=0 if rekey_bytes == "default" else read.size(rekey_bytes),
        rekey_seconds=read.seconds(rekey_seconds or "none"),
        unused_timeout=read.seconds(given.get("UnusedConnectionTimeout", "none")),
        channel_timeouts=read.channel_timeouts(given.get("ChannelTimeout", "none")),
        startups=read.startups(given["MaxStartups"]) if "MaxStartups" in given else None,
        accepted=read.key_algorithms("PubkeyAcceptedAlgorithms", given) or read.ACCEPTED,
        ciphers=read.names("Ciphers", given, read.ciphers),
        macs=read.names("MACs", given, read.macs),
        key_exchanges=read.names("KexAlgorithms", given, read.key_exchanges),
        host_key_algorithms=read.key_algorithms("HostKeyAlgorithms", given) or read.ACCEPTED,
        compression=read.compression(given.get("Compression", "yes")),
    )


def parse_methods(methods: str | None) -> tuple[tuple[str, ...], ...]:
    """Read AuthenticationMethods: lists of methods, all of which must succeed in order.

    None and ``any`` mean any one method. Raises ValueError for a method that is not served.
    """
    if methods in {None, "any"}:
        return tuple((method,) for method in METHODS)
    ways = tuple(tuple(map(_method, way.split(","))) for way in (methods or "").split())
    if not ways or {method for way in ways for method in way} - set(METHODS):
        raise ValueError(f"the embedded bastion does not support AuthenticationMethods {methods!r}, only {METHODS}")
    return ways


def open_ways(policy: Policy, methods: str | None, *, password: bool, dialogue: bool) -> tuple[tuple[str, ...], ...]:
    """Return the lists of AuthenticationMethods all of whose methods are on.

    ``password`` and ``dialogue`` tell whether there is one. With a dialogue, the method ``password`` is on only
    where ``methods`` names it or the policy says so. Raises ValueError where nobody could ever come in.
    """
    if policy.keyboard_interactive and not dialogue:
        raise ValueError("KbdInteractiveAuthentication yes asks nothing: give the bastion a dialogue")
    ways = parse_methods(methods)
    named = methods is not None and methods != "any" and any("password" in way for way in ways)
    said = policy.password
    on = {
        "publickey": policy.public_key,
        "password": password and (said if said is not None else named or not dialogue),
        "keyboard-interactive": dialogue and policy.keyboard_interactive is not False,
    }
    left = tuple(way for way in ways if all(on[method] for method in way))
    if methods is not None and not left:
        off = ", ".join(method for method, is_on in on.items() if not is_on)
        raise ValueError(f"AuthenticationMethods {methods} can never succeed here, because {off} is off")
    return left


def _method(text: str) -> str:
    """Return the method without its device: keyboard-interactive:pam is the only keyboard-interactive there is."""
    return text.removesuffix(":pam")
