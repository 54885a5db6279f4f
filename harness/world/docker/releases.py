"""The releases of OpenSSH that bastions can have, each from the suite of Debian that ships it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.world.fabric import BastionSetup


@dataclass(frozen=True)
class Release:
    """One release. ``renamed`` are keywords of sshd_config(5), in lower case, to what they are called in it.

    ``lacks`` are keywords, in lower case, and names of algorithms that it does not know; ``more`` are lines that it
    needs and others may not know.
    """

    version: str
    suite: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()
    more: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The image of the suite."""
        return f"debian:{self.suite}-slim"

    def line(self, keyword: str, value: str) -> str:
        """Return a line of its configuration."""
        return f"{self.renamed.get(keyword.lower(), keyword)} {value}"

    def why_not(self, setup: BastionSetup) -> str | None:
        """Return what of the policy it does not know, or None."""
        named = {keyword.lower(): keyword for keyword in setup.policy}
        named |= {name: name for value in setup.policy.values() for name in value.split(",")}
        missing = [text for name, text in named.items() if name in self.lacks]
        return f"OpenSSH {self.version} does not know {', '.join(missing)}" if missing else None


_MLKEM = "mlkem768x25519-sha256"
DEFAULT = Release("9.2", "bookworm", lacks=frozenset({_MLKEM}))
RELEASES = {
    "8.4": Release(
        "8.4",
        "bullseye",
        renamed={
            "kbdinteractiveauthentication": "ChallengeResponseAuthentication",
            "pubkeyacceptedalgorithms": "PubkeyAcceptedKeyTypes",
        },
        lacks=frozenset({"channeltimeout", "unusedconnectiontimeout", "sntrup761x25519-sha512@openssh.com", _MLKEM}),
    ),
    "9.2": DEFAULT,
    "10": Release("10", "trixie", more=("PerSourcePenalties no",)),
}
"""By the word for --sshd. In 8.4 KbdInteractiveAuthentication alone turns nothing off (its servconf.c).

Scenarios refuse logins and break connections by the dozen, all from one address, which the penalties of 9.8 and later
would answer with silence.
"""
