"""User certificates (OpenSSH's PROTOCOL.certkeys): a key file shows itself by what an authority signed for it."""

from __future__ import annotations

import base64
import binascii
import logging
from dataclasses import dataclass
from pathlib import Path

from paramiko import Message

from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.trust.host_certificates import SUFFIX

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CertifiedKey:
    """A private key with its certificate: ``type`` and ``blob`` are the certificate's."""

    type: str
    blob: bytes
    key: Signer

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Sign with the key; the algorithm is the one without the certificate's suffix."""
        return self.key.sign(data, algorithm)


def with_certificate(file: str, key: Signer) -> tuple[Signer, ...]:
    """Return what to show for the private key ``file``, in this order: its certificate, the key itself.

    The certificate is in ``<file>-cert.pub``. One that cannot be read, or is another key's, is passed over as ssh(1)
    does, and logged: it may be a leftover, and the key may do without.
    """
    path = Path(f"{file.strip()}-cert.pub").expanduser()
    try:
        certificate = _read(path.read_bytes(), key)
    except FileNotFoundError:
        return (key,)
    except (OSError, ValueError) as error:
        _log.warning("the certificate %s is not used: %s", path, error)
        return (key,)
    return certificate, key


def _read(line: bytes, key: Signer) -> CertifiedKey:
    """Read a certificate file. Raises ValueError."""
    words = line.split(maxsplit=2)
    wanted = key.type + SUFFIX
    if len(words) < 2 or words[0] != wanted.encode():
        raise ValueError(f"it is not a {wanted}")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except binascii.Error as error:
        raise ValueError("its base64 is damaged") from error
    if not _rest(_rest(blob)).startswith(_rest(key.blob)):  # a certificate has a nonce before the key's own fields
        raise ValueError("it is the certificate of another key")
    return CertifiedKey(wanted, blob, key)


def _rest(blob: bytes) -> bytes:
    """Return what follows the first string."""
    message = Message(blob)
    message.get_string()
    return message.get_remainder()
