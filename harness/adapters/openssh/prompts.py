"""What ssh asks through SSH_ASKPASS, told apart by its wording (OpenSSH 8.7 and later)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class HostKeyPrompt:
    """An unknown host key; ``key`` is ssh's short name of its type (``ED25519``)."""

    key: str
    fingerprint: str


@dataclass(frozen=True)
class PassphrasePrompt:
    """The passphrase of a private key file."""


@dataclass(frozen=True)
class PasswordPrompt:
    """The password of the ``password`` method (RFC 4252 §8)."""


@dataclass(frozen=True)
class ServerPrompt:
    """A prompt of the server's own (RFC 4256); ssh does not tell its askpass whether input is hidden."""

    text: str

    def asks_password(self) -> bool:
        """Tell whether the account's password is wanted, and no code."""
        return "password" in self.text.lower() and not _CODE.search(self.text)


Prompt = HostKeyPrompt | PassphrasePrompt | PasswordPrompt | ServerPrompt

_CODE = re.compile(r"code|otp|token|one[- ]time|factor", re.IGNORECASE)
_HOST_KEY = re.compile(r"The authenticity of host '.*?(\S+) key fingerprint is (SHA256:\S+?)\.?\s", re.DOTALL)
_FROM_SERVER = re.compile(r"\([^()\s]*@[^()\s]*\) ")
_PASSWORD = re.compile(r"\S+@\S+'s password: ")


def classify(text: str) -> Prompt:
    """Tell what ``text`` asks for."""
    if prefix := _FROM_SERVER.match(text):
        return ServerPrompt(text[prefix.end() :])
    if host_key := _HOST_KEY.match(text):
        return HostKeyPrompt(host_key[1], host_key[2])
    if text.startswith("Enter passphrase for key "):
        return PassphrasePrompt()
    if _PASSWORD.fullmatch(text):
        return PasswordPrompt()
    return ServerPrompt(text)
