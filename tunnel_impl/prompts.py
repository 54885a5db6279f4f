"""What a prompt of keyboard-interactive (RFC 4256) asks for, as far as its words tell."""

from __future__ import annotations

import re
from enum import Enum


class Wants(Enum):
    """What a prompt asks for."""

    PASSWORD = "password"  # noqa: S105 -- a kind of prompt
    CODE = "code"
    PASSWORD_AND_CODE = "password and code"  # noqa: S105 -- a kind of prompt
    OTHER = "something else"
    """Only the user can tell; the password is kept from it."""


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(patterns)})(?![^\W\d_])")


_ONE_TIME = (
    r"one[- ]?time[- ]?(?:pass(?:word|code)|code|pin)s?",
    r"einmal-?(?:passwort|kennwort|code)",
    r"(?:mot de passe|code) à usage unique",
)
_CODE = _words(
    *_ONE_TIME,
    r"(?:verification|security|authentication|authenticator|access|login|token|2fa|otp)[- ]code",
    r"\w*(?:pass|token|sicherheits|bestätigungs|prüf|verifizierungs|zugangs)codes?",
    r"codes?|código|codice|код|verification",
    r"[th]?otp|tokens?|(?:2|two|multi|second)[- ]?factor|factor|[2m]fa|one[- ]?time|authenticator",
)
_PASSWORD = _words(
    r"\w*passwor[dt]s?|kennwort|mot de passe|contraseña|senha|wachtwoord|lösenord|heslo|hasło|пароль",
    "密码|密碼|パスワード",
)
_NEW_PASSWORD = _words("new|neue[sn]?|nouveau|nueva|re-?type|re-?enter|repeat|confirm|again|wiederholen")
_NEITHER = _words("pass ?phrase", "pin", r"yes/no|y/n")
_AND = r"\s*(?:&|\+|,|and|und|et|plus|followed by|then)\s*"
_BOTH = re.compile(rf"<password>{_AND}(?:[\w-]+\s+){{0,3}}<code>")
_BOTH_TURNED_ROUND = re.compile(rf"<code>{_AND}(?:[\w-]+\s+){{0,3}}<password>")


def classify(text: str, *, echo: bool) -> Wants:
    """Return what a prompt asks for; ``echo`` tells that the answer may be shown, as no password may.

    The last line with a letter in it decides: PAM puts its messages before the prompt. Words for a code win over
    the word password, as in "One-time password:".
    """
    lines = [line for line in text.casefold().splitlines() if any(map(str.isalpha, line))]
    line = lines[-1] if lines else ""
    marked = _PASSWORD.sub("<password>", _CODE.sub("<code>", line))
    code, password = "<code>" in marked, "<password>" in marked
    if _NEITHER.search(marked):
        return Wants.OTHER
    if code and password and _BOTH_TURNED_ROUND.search(marked):
        return Wants.OTHER
    if code and password and _BOTH.search(marked):
        return Wants.OTHER if echo else Wants.PASSWORD_AND_CODE
    if code:
        return Wants.CODE
    if password and not echo and not _NEW_PASSWORD.search(line):
        return Wants.PASSWORD
    return Wants.OTHER
