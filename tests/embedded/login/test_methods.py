from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko
import pytest

from harness.errors import NotRun
from harness.world.fabric import Prompt

PASSWORD = Prompt("Password: ", "password")
CODE = Prompt("Verification code: ", "code")


def test_a_failed_dialogue_is_offered_again_up_to_the_limit(server: Any) -> None:
    """On one connection the second try is asked afresh and succeeds; MaxAuthTries failures end it."""
    server.begin((CODE,), policy={"MaxAuthTries": "2"})
    transport = server.user.greet()
    assert server.answer(["wrong"], through=transport)[0] is False
    assert server.answer([server.code()], through=transport)[0] is True
    transport = server.user.greet()
    server.answer(["wrong"], through=transport)
    with pytest.raises(paramiko.SSHException):
        transport.auth_interactive("alice", lambda *_: ["wrong"])
    assert not transport.is_active()


def test_a_key_and_then_a_code(server: Any) -> None:
    """publickey,keyboard-interactive is a partial success after the key, and the code completes it."""
    server.begin((CODE,), methods="publickey,keyboard-interactive")
    assert server.offered() == {"publickey"}
    transport = server.user.greet()
    assert transport.auth_publickey("alice", server.user.key) == ["keyboard-interactive"]
    assert server.world.sessions("totp") == 0
    assert server.let_in([server.code()], through=transport)
    assert server.world.sessions("totp") == 1


def test_a_password_and_then_a_code(server: Any) -> None:
    """password,keyboard-interactive turns the password method on and needs both."""
    server.begin((CODE,), methods="password,keyboard-interactive:pam")
    assert server.offered() == {"password"}
    transport = server.user.greet()
    assert transport.auth_password("alice", "open sesame") == ["keyboard-interactive"]
    assert server.let_in([server.code()], through=transport)


def test_a_failed_second_factor_leaves_the_first_passed(server: Any) -> None:
    """After a partial success a wrong code is a failure, and the code alone is asked again."""
    server.begin((CODE,), methods="publickey,keyboard-interactive")
    transport = server.user.greet()
    transport.auth_publickey("alice", server.user.key)
    assert not server.let_in(["wrong"], through=transport)
    assert server.let_in([server.code()], through=transport)
    assert server.told("auth-failed", "method") == ["keyboard-interactive"]


def test_with_a_dialogue_the_password_method_is_off(server: Any) -> None:
    """Keys and keyboard-interactive are offered, passwords only where the policy says so."""
    server.begin((PASSWORD,))
    assert server.offered() == {"publickey", "keyboard-interactive"}
    server.begin((PASSWORD,), policy={"PasswordAuthentication": "yes"})
    assert server.offered() == {"publickey", "keyboard-interactive", "password"}


def test_only_keyboard_interactive_may_be_offered(server: Any) -> None:
    """A method that stands in no list is not offered."""
    server.begin((PASSWORD,), methods="keyboard-interactive")
    assert server.offered() == {"keyboard-interactive"}


@pytest.mark.parametrize(
    ("differences", "message"),
    [
        ({"methods": "password", "password": None}, "can never succeed"),
        ({"dialogue": None, "methods": "keyboard-interactive"}, "keyboard-interactive is off"),
        ({"dialogue": ((Prompt("?", "fingerprint"),),)}, "cannot expect 'fingerprint'"),
    ],
)
def test_what_cannot_be_served_is_not_run(server: Any, differences: Any, message: str) -> None:
    """A setup by which nobody could come in is a reason, not a riddle."""
    with pytest.raises(NotRun, match=message):
        server.begin((CODE,), **differences)


ASKPASS = """#!/bin/sh
echo "$1" >>"$0.prompts"
case "$1" in *assword*) echo "$PASSWORD" ;; *) echo "$CODE" ;; esac
"""


@pytest.fixture
def ssh(server: Any, tmp_path: Path) -> Callable[..., tuple[bytes, list[str]]]:
    """Give plain ssh, which asks a program: it echoes through the target and tells what it was asked."""

    def run(passcode: str) -> tuple[bytes, list[str]]:
        askpass = tmp_path / "askpass"
        askpass.write_text(ASKPASS)
        askpass.chmod(0o700)
        host, port = server.world.address("totp")
        told = {
            "SSH_ASKPASS": str(askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "CODE": passcode,
            "PASSWORD": "open sesame",
        }
        options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "IdentityAgent=none",
            "IdentityFile=none",
        ]
        argv = ["ssh", "-F", "none", *(f"-o{option}" for option in options), "-W", "target.internal:7000"]
        done = subprocess.run(
            [*argv, "-p", str(port), f"alice@{host}"],
            input=b"ECHO\nhello",
            capture_output=True,
            timeout=20,
            check=False,
            env={**os.environ, **told},
        )
        return done.stdout, (tmp_path / "askpass.prompts").read_text().splitlines()

    return run


def test_plain_ssh_answers_password_and_code(server: Any, ssh: Any) -> None:
    """OpenSSH's client agrees with the dialogue: it asks both and forwards."""
    server.begin((PASSWORD,), (CODE,), methods="keyboard-interactive")
    stdout, prompts = ssh(server.code())
    assert stdout == b"hello"
    assert [prompt.rpartition(") ")[2].strip() for prompt in prompts] == ["Password:", "Verification code:"]


def test_plain_ssh_is_asked_three_times_for_a_wrong_code(server: Any, ssh: Any) -> None:
    """The dialogue is offered again after each failure, as long as the client asks for it."""
    server.begin((CODE,), methods="keyboard-interactive")
    stdout, prompts = ssh("wrong")
    assert (stdout, len(prompts)) == (b"", 3)
    assert server.told("auth-failed", "method") == ["keyboard-interactive"] * 3
