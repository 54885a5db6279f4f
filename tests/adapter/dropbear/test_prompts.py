"""Which prompts the adapter of dbclient gives the password."""

from __future__ import annotations

import pytest

from harness.adapters.dropbear.tunnel import asks_password


@pytest.mark.parametrize("text", ["Password: ", "alice@host's password: ", "tunnel-totp@127.0.0.1's password: "])
def test_a_prompt_for_the_password_is_known(text: str) -> None:
    """A user's name may contain a word for a code."""
    assert asks_password(text)


@pytest.mark.parametrize("text", ["One-time password: ", "Second password (OTP): ", "Verification code: ", "PIN: "])
def test_no_other_prompt_gets_the_password(text: str) -> None:
    """It is the user's."""
    assert not asks_password(text)
