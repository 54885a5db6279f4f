"""Sends the old password as the new one when the server wants it changed (RFC 4252 section 8)."""

from __future__ import annotations

from paramiko import Message

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.protocol import Answer, Login, PasswordExpired

REJECTED_BY = {
    "auth/expired_password": {"step": "expect answered", "observed": "totp was answered with password"},
}

sound = Login.password


def password(self: Login, text: str) -> Answer:
    answer = sound(self, text)
    if not isinstance(answer, PasswordExpired):
        return answer
    request: Message = self.request("password")
    request.add_boolean(True)
    request.add_string(text)
    request.add_string(text)
    return self.answer(request)


Login.password = password


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "answers_an_expired_password_with_itself")
