"""One-time codes, as the user's authenticator shows them (RFC 6238)."""

from __future__ import annotations

import hashlib

import pyotp

from harness.world.fabric import TotpSetup

_DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


def generator(totp: TotpSetup) -> pyotp.TOTP:
    """Return what makes the codes of ``totp`` (RFC 6238)."""
    return pyotp.TOTP(totp.secret, digits=totp.digits, digest=_DIGESTS[totp.algorithm], interval=totp.period)
