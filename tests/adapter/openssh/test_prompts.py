"""How ssh's prompts are told apart."""

from __future__ import annotations

import pytest

from harness.adapters.openssh.prompts import (
    HostKeyPrompt,
    PassphrasePrompt,
    PasswordPrompt,
    ServerPrompt,
    classify,
)

_UNKNOWN = """The authenticity of host '[127.0.0.1]:2201 ([127.0.0.1]:2201)' can't be established.
ED25519 key fingerprint is SHA256:6v5oQ.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? """


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (_UNKNOWN, HostKeyPrompt("ED25519", "SHA256:6v5oQ")),
        ("Enter passphrase for key '/keys/id': ", PassphrasePrompt()),
        ("alice@127.0.0.1's password: ", PasswordPrompt()),
        ("(alice@127.0.0.1) Verification code: ", ServerPrompt("Verification code: ")),
        ("Anything else? ", ServerPrompt("Anything else? ")),
    ],
)
def test_each_prompt_has_its_kind(text: str, prompt: object) -> None:
    """Host keys, passphrases, passwords and the server's own prompts are different things."""
    assert classify(text) == prompt


@pytest.mark.parametrize("text", [_UNKNOWN, "Enter passphrase for key '/keys/id': ", "alice@host's password: "])
def test_a_server_cannot_pose_as_ssh(text: str) -> None:
    """What a server writes in its prompt stays a prompt of the server."""
    assert classify(f"(alice@host) {text}") == ServerPrompt(text)


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Password: ", True),
        ("alice's LDAP password: ", True),
        ("Verification code: ", False),
        ("One-time password (OATH) for `alice': ", False),
        ("Passcode or option (1-3): ", False),
        ("What is your quest? ", False),
    ],
)
def test_passwords_and_codes_are_told_apart(text: str, *, password: bool) -> None:
    """A one-time password is a code, and never gets the account's password."""
    assert ServerPrompt(text).asks_password() is password
