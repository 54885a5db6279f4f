"""Passwords, prompts and no credential at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.adapter.profile import (
    KeyboardInteractiveAuth,
    NoAuth,
    PasswordAuth,
)

from .profiles import OPEN, change, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion
    from .conftest import User

    Works = Callable[[str, int], bool]


def test_a_wrong_password_is_tried_once(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """A refused password is auth-failed at its hop, and is not sent again."""
    error = refusal(openssh, change(profile, auth=PasswordAuth(password="wrong-horse")))
    assert (error.code, error.hop) == ("auth-failed", 0)
    assert bastion.passwords_seen == ["wrong-horse"]


def test_a_password_answers_a_hidden_prompt(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """Where only keyboard-interactive is offered, the password goes there."""
    bastion.prompts, bastion.responses = (("Password: ", False),), (bastion.password,)
    endpoint = openssh.open("t1", profile, OPEN)
    assert works(endpoint.host, endpoint.port)


def test_prompts_go_to_the_user(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A password prompt gets the password, a code prompt gets what the user says, with the prompt's text."""
    bastion.prompts = (("Password: ", False), ("Verification code: ", False))
    bastion.responses = (bastion.password, "492039")
    user.prompt = "492039"
    openssh.open("t1", change(profile, auth=KeyboardInteractiveAuth(password=bastion.password)), OPEN)
    asked = [question.text for _, question, _ in openssh.questions("t1") if question.kind == "prompt"]
    assert asked == ["Verification code: "]


def test_a_wrong_code_is_named(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A refused code is totp-rejected, not just auth-failed."""
    bastion.prompts, bastion.responses = (("Verification code: ", False),), ("492039",)
    user.prompt = "000000"
    assert refusal(openssh, change(profile, auth=KeyboardInteractiveAuth())).code == "totp-rejected"


def test_a_user_who_cancels_ends_it(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """No answer to a prompt is cancelled, and nothing is sent in its place."""
    bastion.prompts = (("Verification code: ", False),)
    assert refusal(openssh, change(profile, auth=KeyboardInteractiveAuth())).code == "cancelled"
    assert bastion.responses_seen == []


def test_no_credential_where_none_is_wanted(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """A server that lets anyone in is entered without a credential."""
    bastion.anyone = True
    endpoint = openssh.open("t1", change(profile, auth=NoAuth()), OPEN)
    assert works(endpoint.host, endpoint.port)


def test_no_credential_where_one_is_wanted(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """A server that wants a password gets none, and it is auth-failed."""
    assert refusal(openssh, change(profile, auth=NoAuth())).code == "auth-failed"
    assert bastion.passwords_seen == []
