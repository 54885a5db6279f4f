"""Which prompt asks for what."""

from __future__ import annotations

import pytest

from tunnel_impl.prompts import Wants, classify


@pytest.mark.parametrize(
    "text",
    [
        "Verification code: ",
        "One-time password (OATH) for `deploy': ",
        "One-time password:",
        "One time password: ",
        "Your OTP: ",
        "Enter token: ",
        "Enter TOTP",
        "2FA: ",
        "Enter MFA code:",
        "Passcode:",
        "Passcode or option (1-3): ",
        "Duo two-factor login\n\nEnter a passcode or select one:\n\n 1. Duo Push\n\nPasscode or option (1-1): ",
        "Authenticator: ",
        "Second factor: ",
        "Two-Factor Authentication",
        "One-time PIN: ",
        "Bestätigungscode: ",
        "Einmalpasswort: ",
        "Mot de passe à usage unique : ",
        "Your password expires in 3 days.\nVerification code: ",
        "Password or verification code: ",
    ],
)
@pytest.mark.parametrize("echo", [True, False])
def test_code(text: str, *, echo: bool) -> None:
    """A prompt for a code is one, hidden or visible; its words win over the word password."""
    assert classify(text, echo=echo) is Wants.CODE


@pytest.mark.parametrize(
    "text",
    [
        "Password: ",
        "password",
        "(deploy@bastion) Password: ",
        "deploy@bastion's password:",
        "Passwort: ",
        "Kennwort:",
        "Mot de passe : ",
        "Contraseña: ",
        "Пароль: ",
        "Current Password: ",
        "(current) UNIX password: ",
        "Use your token at the next step.\nPassword: ",
        "Password:\n\n",
    ],
)
def test_password(text: str) -> None:
    """A hidden prompt for the password is one; a visible one is for the user to judge."""
    assert classify(text, echo=False) is Wants.PASSWORD
    assert classify(text, echo=True) is Wants.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "Password & verification code: ",
        "Password and one-time password: ",
        "Password + OTP:",
        "Enter your password followed by your 6-digit code: ",
        "Passwort und Bestätigungscode: ",
    ],
)
def test_password_and_code(text: str) -> None:
    """A hidden prompt that clearly names both wants both; a visible one is for the user to judge."""
    assert classify(text, echo=False) is Wants.PASSWORD_AND_CODE
    assert classify(text, echo=True) is Wants.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Response: ",
        "Login: ",
        "Enter PIN: ",
        "PIN + token: ",
        "Enter passphrase for key: ",
        "New password: ",
        "Retype new password: ",
        "Password (again): ",
        "Verification code & password: ",
        "Send a new code (y/n)? ",
        "Favourite colour? ",
        "Stop spinning",
        "Decode this: ",
        "> ",
    ],
)
@pytest.mark.parametrize("echo", [True, False])
def test_other(text: str, *, echo: bool) -> None:
    """Everything else is for the user."""
    assert classify(text, echo=echo) is Wants.OTHER
