"""The seam between scenarios and what they run on.

A :class:`Fabric` builds a :class:`World` from a topology. Scenarios know these protocols and nothing else,
so the same file runs on the embedded fabric and on docker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from harness.address import Address
from harness.facts import Kind
from harness.faults.model import ActiveFault, Fault, HostKeyType
from harness.faults.needs import FabricNeed, Server
from harness.probe.setup import TargetSetup
from harness.timeline import Timeline
from harness.world.delays import Delays
from harness.world.topology import Topology


@dataclass(frozen=True)
class HostKey:
    """A server's key pair: OpenSSH private key text, and ``type base64`` without a comment."""

    private: str = field(repr=False)
    public: str


@dataclass(frozen=True)
class Prompt:
    """One prompt of keyboard-interactive (RFC 4256): its text, what it takes, whether the answer may be shown.

    ``expects``: ``password``, ``code``, ``password+code`` (one after the other in one answer), ``anything``, or
    ``=`` and the literal answer (``=1`` for the first choice of a menu).
    """

    text: str
    expects: str
    echo: bool = False


@dataclass(frozen=True)
class TotpSetup:
    """The second factor as the server knows it (RFC 6238); ``secret`` is base32, ``period`` in seconds.

    ``reuse`` tells whether a code is taken twice (DISALLOW_REUSE of google-authenticator(8) where not);
    ``tries`` is how many attempts are let through in 30 s (RATE_LIMIT), None for any number.
    """

    secret: str = field(repr=False)
    algorithm: Literal["SHA1", "SHA256", "SHA512"] = "SHA1"
    digits: Literal[6, 8] = 6
    period: Literal[30, 60] = 30
    reuse: bool = True
    tries: int | None = None


@dataclass(frozen=True)
class HostCertificates:
    """Certificates of all host keys, shown beside the plain keys ([PROTOCOL.certkeys] of OpenSSH).

    ``authority`` is the private key that signs them, in OpenSSH's format; ``names`` are their principals. ``kind``
    ``user`` makes certificates that no host may show.
    """

    authority: str = field(repr=False)
    names: tuple[str, ...]
    kind: Literal["host", "user"] = "host"
    expired: bool = False


@dataclass(frozen=True)
class BastionSetup:
    """How one bastion lets people in.

    ``password`` None turns password logins off; ``authorized_keys`` are ``type base64`` lines.
    ``policy`` holds sshd_config(5) keywords, such as ``{"AllowTcpForwarding": "no"}``.
    ``methods`` is AuthenticationMethods of sshd_config(5), None for any one method. ``dialogue`` is what
    keyboard-interactive asks, round by round, None where it is off; ``totp`` belongs to the user.
    ``key_types`` are the types of the host keys that the world makes where ``host_keys`` is empty.
    An authorized key may be a certificate authority: ``cert-authority type base64`` (sshd(8)).
    ``anyone`` lets the user in by the method ``none`` (RFC 4252, section 5.2). ``keepalives`` is what global requests
    for a keep-alive are answered with: REQUEST_FAILURE as OpenSSH does, REQUEST_SUCCESS, or UNIMPLEMENTED
    (RFC 4253, section 11.4). ``banner`` is sent before any answer to a request to log in (RFC 4252, section 5.4).
    ``password_expired``: the right password is answered with SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (section 8), and a new
    one that is neither empty nor the old one lets in. ``compression``: as ``Compression`` of the policy says, or
    ``required``: the server offers zlib@openssh.com and nothing else. ``heading`` is the name and the instruction that
    each round of the dialogue comes with (RFC 4256, section 3.2). ``server`` is the program, None for the usual one;
    ``dropbear`` knows users, passwords, keys and banners, and nothing else of what stands here.
    """

    user: str
    password: str | None = field(default=None, repr=False)
    authorized_keys: tuple[str, ...] = ()
    host_keys: tuple[HostKey, ...] = ()
    methods: str | None = None
    policy: Mapping[str, str] = field(default_factory=dict)
    dialogue: tuple[tuple[Prompt, ...], ...] | None = None
    totp: TotpSetup | None = None
    key_types: tuple[HostKeyType, ...] = ("ed25519", "ecdsa", "rsa")
    anyone: bool = False
    keepalives: Literal["failure", "success", "unimplemented"] = "failure"
    certificates: HostCertificates | None = None
    banner: str | None = None
    delays: Delays = Delays()  # noqa: RUF009 -- frozen
    password_expired: bool = False
    compression: Literal["policy", "required"] = "policy"
    heading: tuple[str, str] = ("", "")
    server: Server | None = None


TargetForm = Literal["localhost", "loopback", "address"]
"""What else the target is called at the last bastion, where it listens on ``localhost`` and 127.0.0.1 too."""


EventKind = Literal[
    "connected",  # a TCP connection arrived; detail: peer
    "auth-asked",  # a request to log in came, whether its method was offered or not; detail: method, user
    "auth-tried",  # a credential (never method "none") was presented; detail: method, user
    "auth-ok",  # detail: method, user
    "auth-failed",  # detail: method, user
    "channel",  # a channel was asked for; detail: type, and for direct-tcpip host and port
    "global-request",  # such as keepalive@openssh.com; detail: name, want_reply
    "channel-request",  # a request on an open channel (RFC 4254, section 5.4); detail: name, want_reply
    "alive-answered",  # the client answered a probe of the server (ClientAliveInterval); detail: by
    "rekeying",  # the bastion asked for new keys in a session that had keys already (RFC 4253, section 9)
    "rekeyed",  # new keys came into force in a session that had keys already (RFC 4253, section 9)
    "disconnected",  # the session's connection ended
    "broke",  # a defect of the bastion itself ended a connection, neither its client nor a fault; detail: reason
    "answer",  # to a prompt; detail: prompt, matched (password, code, used-code, other, empty), left (s of the code)
    "log",  # any other line; detail: text
]


@dataclass(frozen=True)
class ServerEvent:
    """One thing a bastion saw, ``at`` on the ``time.monotonic()`` clock."""

    at: float
    node: str
    kind: EventKind
    detail: Mapping[str, str]


def timeline_kind(kind: EventKind, detail: Mapping[str, str]) -> Kind:
    """Return how an event of a bastion is shown on the timeline."""
    match kind:
        case "connected" | "disconnected" | "channel" | "broke":
            return "connection"
        case "alive-answered":
            return "keepalive"
        case "global-request" | "channel-request":
            return "keepalive" if detail["name"].startswith("keepalive@") else "log"
        case "auth-asked" | "auth-tried" | "auth-ok" | "auth-failed" | "answer" | "rekeying" | "rekeyed":
            return "observation"
        case "log":
            return "log"


@dataclass(frozen=True)
class TargetConnection:
    """One connection that the target accepted, as the target sees it now.

    ``peer`` is the address it came from, ``nonce`` what its client called it, empty where it was not called anything.
    """

    peer: str
    received: int
    sent: int
    open: bool
    nonce: str = ""


Direction = Literal["server", "client"]
"""What bytes on a link go towards; the server is the node that the link leads to."""


@dataclass(frozen=True)
class Passed:
    """Bytes that arrived at a link, ``at`` on the ``time.monotonic()`` clock.

    ``connection`` tells the link's connections apart. What TCP sends again is not told again; what was written at
    once comes as one, unless a packet was too small for it.
    """

    at: float
    connection: str
    towards: Direction
    size: int


class World(Protocol):
    """One running topology. Every method raises FabricBroken when the world does not obey."""

    topology: Topology

    def begin(
        self,
        timeline: Timeline,
        setups: Mapping[str, BastionSetup],
        target: TargetSetup = ...,
    ) -> None:
        """Make the world ready for one scenario: healed, restarted where needed, set up, its logs on ``timeline``.

        ``setups`` has an entry for each server of the topology; with empty ``host_keys`` the world makes one of
        each type (ed25519, ecdsa, rsa). ``target`` is the probe target's, one without proof when left out. Nothing of
        an earlier scenario is seen through ``events``.
        """

    def end(self) -> None:
        """Heal every fault and end every session; the world can be given to the next scenario."""

    def address(self, node: str) -> Address:
        """Return where the hop before ``node`` dials it, through its link.

        That is the client for the first bastion of the route and for those beside it.
        """

    def target_as(self, form: TargetForm) -> Address:
        """Return the target by its address, or as ``localhost`` or ``127.0.0.1`` of the last bastion."""

    def setup(self, node: str) -> BastionSetup:
        """Return the bastion's present setup, its host keys filled in and as rotated so far."""

    def why_not(self, fault: Fault) -> str | None:
        """Return why ``fault`` cannot be done here, or None when it can."""

    def inject(self, fault: Fault) -> ActiveFault:
        """Break something; returns when the break is in force."""

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        """Return what the bastion ``node`` saw since ``begin``."""

    def sessions(self, node: str) -> int:
        """Return how many authenticated SSH connections the bastion ``node`` has now."""

    def target_connections(self) -> tuple[TargetConnection, ...]:
        """Return every connection that the probe target accepted since ``begin``."""

    def outsiders(self) -> tuple[TargetConnection, ...]:
        """Return those of the target's connections that did not come from a bastion of this world.

        A connection that was given up while it was being made may be among them.
        """

    def link_connections(self, link: str) -> int:
        """Return how many connections were attempted through ``link`` since ``begin``."""

    def watch(self, link: str) -> None:
        """Begin to note what passes ``link``; for this scenario only."""

    def traffic(self, link: str) -> tuple[Passed, ...]:
        """Return what arrived at ``link`` since :meth:`watch`, oldest first; at least the last 4096 pieces."""

    def target_socket(self) -> str:
        """Return the path of a Unix domain socket on the last bastion that leads to the probe target."""

    def database(self, engine: str) -> Mapping[str, str]:
        """Return ``host port user password dbname proof`` of the real database, the place as the last bastion sees it.

        ``proof`` is a secret which stands in the column ``word`` of its table ``proof``, another after each call.
        """

    def prove(self, bastion: str) -> None:
        """See that ``bastion`` reaches the probe target by itself. Raises FabricBroken when it does not."""

    def check(self) -> None:
        """See that every node of a healed world does its work. Raises FabricBroken, naming the one that does not."""

    def close(self) -> None:
        """Remove everything; a second call does nothing."""


class Fabric(Protocol):
    """Makes topologies real."""

    name: str

    def missing(self, topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
        """Return why a scenario with these needs cannot run here, or None."""

    def build(self, topology: Topology, folder: Path, log: Callable[[str], None]) -> World:
        """Build a world in ``folder`` (its own, private). Raises FabricBroken."""

    def close(self) -> None:
        """Remove what worlds share, such as networks; a second call does nothing."""
