"""What a tunnel loses that breaks a requirement: the difference that users feel, and reports sort by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.scenario.requirements import Requirement

Harm = Literal["data", "secrets", "tunnel", "time", "little"]
"""Data: bytes that are lost, or reach the wrong end. Secrets: what is shown, or trusted, where it must not be."""

_DATA = frozenset({"TUN-1", "TUN-2", "TUN-3", "DATA-1", "DATA-2", "DATA-4", "DATA-7", "DATA-9", "DATA-13", "FLAKY-1"})
_SECRETS = frozenset(
    {
        *("PWD-2", "KEY-3", "KEY-4", "KEY-5", "KEY-6", "AGENT-5", "LOCAL-2", "CONF-5", "URL-10", "URL-11", "CFG-9"),
        *("TRUST-1", "TRUST-2", "TRUST-3", "TRUST-4", "TRUST-5"),
        *("HOST-1", "HOST-2", "HOST-3", "HOST-4", "HOST-5", "HOST-6", "HOST-7", "HOST-10"),
        *("TOTP-7", "TOTP-9", "TOTP-10", "TOTP-11", "AUTH-1", "AUTH-11", "AUTH-14", "AUTH-19", "AUTH-22", "AUTH-23"),
    }
)


def harm(requirement: Requirement) -> Harm:
    """Return the gravest thing that breaking ``requirement`` costs."""
    match requirement.level:
        case "should":
            return "time"
        case "may":
            return "little"
    if requirement.id in _DATA:
        return "data"
    return "secrets" if requirement.id in _SECRETS else "tunnel"
