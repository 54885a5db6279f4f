"""What a prompt of keyboard-interactive (RFC 4256) asks for: the last line of its text decides."""

from __future__ import annotations

import re
from typing import Literal

Wanted = Literal["password", "code", "both"]

_FLAGS = re.IGNORECASE
_ONE_TIME = re.compile(
    r"one[- ]?time pass(word|code)|second (password|factor)|einmal(pass|kenn)wort|contraseña de un solo uso"
    r"|hasło jednorazowe|одноразовый пароль|一次性密码|ワンタイムパスワード|tek kullanımlık şifre"
    r"|verification|verifica|vérification|bestätigungs|인증|\b(otp|oath|mfa|2fa|totp)\b",
    _FLAGS,
)
"""Words for a one-time code, some of which contain one for a password."""

_CODE = re.compile(r"code\b|codice\b|token|코드", _FLAGS)
_PASSWORD = re.compile(
    r"password|passwort|\bpwd\b|mot de passe|contraseña|senha|wachtwoord|hasło|пароль|密码|パスワード|비밀번호|şifre"
    r"|first factor",
    _FLAGS,
)
_NEW = re.compile(r"\b(new|old|retype|again|change|neues|nouveau|nueva)\b|新", _FLAGS)
_CHOICE = re.compile(r"\bpin\b|\boptions?\b|\d ?- ?\d|\by/n\b", _FLAGS)
_RESERVE = re.compile(r"recovery|backup|scratch|wiederherstellung", _FLAGS)
_TOGETHER = re.compile(r"&| and | und | followed by ", _FLAGS)


def wanted(text: str) -> Wanted | None:
    """Return what is asked for; None leaves the prompt to the person."""
    line = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    if _CHOICE.search(line):
        return None
    one_time = bool(_ONE_TIME.search(line))
    rest = _ONE_TIME.sub("", line)
    code = one_time or (bool(_CODE.search(line)) and not _RESERVE.search(line))
    match code, bool(_PASSWORD.search(rest)):
        case True, False:
            return "code"
        case True, True:
            return "both" if _TOGETHER.search(line) else None
        case False, True:
            return None if _NEW.search(line) else "password"
    return None
