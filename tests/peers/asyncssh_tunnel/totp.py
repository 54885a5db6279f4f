"""One-time codes (RFC 6238), each sent at most once and none that is about to expire."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

from asyncssh_tunnel.failure import Failure

_NEARLY_OVER_SECONDS = 3.0
_used: dict[bytes, int] = {}
"""The last counter used of each secret, for all tunnels of this process."""


@dataclass(frozen=True)
class Generator:
    """Makes the codes of one secret; ``period`` in seconds."""

    secret: bytes
    algorithm: str
    digits: int
    period: int

    @classmethod
    def of(cls, totp: dict[str, Any]) -> Generator:
        """Read the profile's ``totp``. Raises Failure (``bad-profile``) for a secret that is not base32."""
        letters = "".join(totp["secret"].split()).replace("-", "").rstrip("=").upper()
        try:
            secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
        except binascii.Error as error:
            raise Failure("bad-profile", f"the one-time code's secret is not base32 ({error}); copy it again") from None
        if not secret:
            raise Failure("bad-profile", "the one-time code's secret is empty; copy it from the service again")
        return cls(secret, totp.get("algorithm") or "SHA1", totp.get("digits") or 6, totp.get("period") or 30)

    async def fresh(self) -> str:
        """Return a code that was not used before and stays valid for some seconds; wait for it if need be."""
        while True:
            counter, elapsed = divmod(time.time(), self.period)
            left = self.period - elapsed
            if left > _NEARLY_OVER_SECONDS and counter > _used.get(self.secret, -1):
                _used[self.secret] = int(counter)
                return self._code(int(counter))
            await asyncio.sleep(left + 0.1)

    def _code(self, counter: int) -> str:
        digest = hmac.digest(self.secret, counter.to_bytes(8, "big"), getattr(hashlib, self.algorithm.lower()))
        offset = digest[-1] & 15
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return str(number % 10**self.digits).zfill(self.digits)
