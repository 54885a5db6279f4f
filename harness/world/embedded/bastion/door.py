"""Who an embedded bastion lets in, and how."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from harness.world.delays import Delays
from harness.world.embedded.bastion.dialogue import Rounds
from harness.world.embedded.bastion.dialogue import read as read_dialogue
from harness.world.embedded.bastion.policy import Policy, open_ways, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOTHING = ("none",)
"""The way in for which nothing is asked (RFC 4252, section 5.2)."""
_AUTHORITY = "cert-authority"
_OPTIONS = {_AUTHORITY, "restrict", "port-forwarding"}


@dataclass(frozen=True)
class Keys:
    """What authorized_keys of sshd(8) says: the user's keys, and the authorities that may sign certificates for them.

    An authority's own key lets nobody in.
    """

    user: frozenset[bytes]
    authorities: frozenset[bytes]

    @classmethod
    def read(cls, lines: Iterable[str]) -> Keys:
        """Read ``type base64`` lines, with or without options before them (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

        Forwarding is all that there is here, so ``restrict,port-forwarding`` takes nothing away. Raises ValueError for
        other options, and for bad base64.
        """
        read = [(_options(line), b64decode(line.split()[-1])) for line in lines]
        return cls(
            frozenset(key for options, key in read if _AUTHORITY not in options),
            frozenset(key for options, key in read if _AUTHORITY in options),
        )

    def document(self) -> list[str]:
        """Return the base64 of each, in no order that means anything."""
        return sorted(b64encode(key).decode() for key in self.user | self.authorities)


@dataclass(frozen=True)
class Door:
    """Who may come in, and how; read from the configuration that the harness sends."""

    user: str
    password: str | None = field(repr=False)
    keys: Keys
    ways: tuple[tuple[str, ...], ...]
    """AuthenticationMethods: each entry is one list of methods that are on; all of one must succeed, in order."""
    policy: Policy
    rounds: Rounds
    """What keyboard-interactive asks."""
    keepalives: Literal["failure", "success", "unimplemented"]
    """What a request for a keep-alive is answered with."""
    banner: str | None
    delays: Delays
    password_expired: bool
    compression: Literal["policy", "required"]
    heading: tuple[str, str]
    """The name and the instruction of each round."""

    @classmethod
    def read(cls, setup: Mapping[str, Any]) -> Door:
        """Read a setup. Raises ValueError when it asks for what this bastion cannot do."""
        policy = parse(setup["policy"])
        rounds = read_dialogue(setup["dialogue"])
        ways = open_ways(policy, setup["methods"], password=setup["password"] is not None, dialogue=rounds is not None)
        return cls(
            setup["user"],
            setup["password"],
            Keys.read(setup["authorized_keys"]),
            (*ways, NOTHING) if setup["anyone"] else ways,
            policy,
            rounds or (),
            setup["keepalives"],
            setup["banner"],
            Delays(**setup["delays"]),
            setup["password_expired"],
            setup["compression"],
            tuple(setup["heading"]),
        )

    def left(self, passed: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """Return what is left of each list after the methods already ``passed``.

        A method is crossed off each list that begins with it; the other lists stay as they are, as with sshd.
        """
        ways = self.ways
        for method in passed:
            ways = tuple(way[1:] if way[:1] == (method,) else way for way in ways)
        return ways

    def next_methods(self, passed: tuple[str, ...]) -> set[str]:
        """Return the methods that lead on after those already ``passed``."""
        return {way[0] for way in self.left(passed)}

    def lets_in(self, passed: tuple[str, ...]) -> bool:
        """Tell whether every method of one list has ``passed``."""
        return () in self.left(passed)


def _options(line: str) -> set[str]:
    words = line.split()
    options = set(words[0].split(",")) if len(words) > 2 else set()
    if options - _OPTIONS or ("restrict" in options and "port-forwarding" not in options):
        raise ValueError(f"the embedded bastion does not support the options {words[0]} of an authorized key")
    return options
