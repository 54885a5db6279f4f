"""Passwords, prompts and no credential at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.adapter.profile import (
    KeyboardInteractiveAuth,
    NoAuth,
    PasswordAuth,
)
from harness.errors import Unsupported

from .profiles import OPEN, change, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion
    from .conftest import User

    Works = Callable[[str, int], bool]


def test_a_wrong_password_is_tried_once(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """A refused password is auth-failed, and is not sent again."""
    assert refusal(openssh, change(profile, auth=PasswordAuth(password="wrong-horse"))).code == "auth-failed"
    assert bastion.passwords_seen == ["wrong-horse"]


def test_a_password_answers_a_hidden_prompt(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """Where only keyboard-interactive is offered, the password goes there."""
    bastion.prompts, bastion.responses = (("Password: ", False),), (bastion.password,)
    endpoint = openssh.open("t1", profile, OPEN)
    assert works(endpoint.host, endpoint.port)


def test_prompts_go_to_the_user(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """As they would at a terminal, with the prompt's text."""
    bastion.prompts, bastion.responses = (("Verification code: ", False),), ("492039",)
    user.prompt = "492039"
    openssh.open("t1", change(profile, auth=KeyboardInteractiveAuth()), OPEN)
    asked = [question.text for _, question, _ in openssh.questions("t1") if question.kind == "prompt"]
    assert asked == ["Verification code: "]


def test_a_password_for_hidden_prompts_is_unsupported(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """Ssh does not tell its askpass which prompts are hidden."""
    with pytest.raises(Unsupported, match=r"auth\.keyboard-interactive"):
        openssh.open("t1", change(profile, auth=KeyboardInteractiveAuth(password=bastion.password)), OPEN)


def test_a_refused_code_is_asked_again(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """Three times, as ssh does, and then the login has failed."""
    bastion.prompts, bastion.responses = (("Verification code: ", False),), ("492039",)
    user.prompt = "000000"
    assert refusal(openssh, change(profile, auth=KeyboardInteractiveAuth())).code == "auth-failed"


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
