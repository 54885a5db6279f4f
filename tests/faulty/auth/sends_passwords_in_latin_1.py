"""Encodes passwords by ISO 8859-15, which has the euro sign, and not by UTF-8 (RFC 4252 §8)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.protocol import Answer, Login

REJECTED_BY = {
    "auth/unusual_accounts[password-with-umlauts]": {"step": "open", "expected": "open to succeed"},
}

in_utf8 = Login.password


def in_latin_9(login: Login, password: str) -> Answer:
    return in_utf8(login, password.encode("iso8859-15"))  # type: ignore[arg-type]  # sent as it is


Login.password = in_latin_9


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "sends_passwords_in_latin_1")
